/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Mixin of widgets that follow what happens on the server while a person looks at them.
// They have ``pause`` (milliseconds), ``_isLive`` (is there anything to follow?) and
// ``_follow`` (ask the server, show what is new); they call ``_wait`` whenever they have
// drawn themselves.
odoo.define("sync.live", function () {
    "use strict";

    const LONGEST = 10; // Pauses in one, while the server does not answer

    return {
        failures: 0,

        /**
         * @override
         */
        destroy: function () {
            clearTimeout(this.timer);
            this._super.apply(this, arguments);
        },

        /**
         * Ask after a pause, which is longer while the server does not answer.
         */
        _wait: function () {
            clearTimeout(this.timer);
            if (!this.isDestroyed() && this._isLive()) {
                const pauses = Math.min(1 + this.failures, LONGEST);
                this.timer = setTimeout(this._tick.bind(this), this.pause * pauses);
            }
        },

        _tick: async function () {
            if (this._isSeen() && !this._isInUse()) {
                try {
                    await this._follow();
                    this.failures = 0;
                } catch (failure) {
                    this._onFailure(failure);
                }
            }
            this._wait();
        },

        _isSeen: function () {
            return (
                document.visibilityState === "visible" &&
                document.body.contains(this.el)
            );
        },

        /**
         * A page that is drawn anew would take the focus away from whoever works in it
         * or in a dialog before it, and close the menu that is open.
         */
        _isInUse: function () {
            const inUse = this.$(".o_content :focus, .dropdown-menu.show");
            return inUse.length > 0 || document.body.classList.contains("modal-open");
        },

        /**
         * The server may be away for a while, as when it is restarted.
         */
        _onFailure: function (failure) {
            if (failure instanceof Error) {
                throw failure;
            }
            if (failure && failure.event) {
                failure.event.preventDefault();
            }
            this.failures += 1;
        },
    };
});
