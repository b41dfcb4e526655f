/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Mixin of widgets that follow what happens on the server while a person looks at them.
// They have ``pause`` (milliseconds), ``_isLive`` (is there anything to follow?) and
// ``_follow`` (ask the server, show what is new); they call ``_wait`` whenever they have
// drawn themselves.
odoo.define("sync.live", function () {
    "use strict";

    const PATIENCE = 10; // Questions without an answer, one after the other

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
            if (!this.isDestroyed() && this._isLive() && this.failures < PATIENCE) {
                const pause = this.pause * (1 + this.failures);
                this.timer = setTimeout(this._tick.bind(this), pause);
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
         * A page that is drawn anew would take the focus away from whoever works in it,
         * and close the menu that is open.
         */
        _isInUse: function () {
            return Boolean(this.$(".o_content :focus, .dropdown-menu.show").length);
        },

        /**
         * The server may be away for a moment, as when it is restarted; or for good.
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
