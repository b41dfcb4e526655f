/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_secret": dots, and an eye that shows what is behind them.
odoo.define("sync.secret", function (require) {
    "use strict";

    const core = require("web.core");
    const FieldChar = require("web.basic_fields").FieldChar;
    const registry = require("web.field_registry");

    const _t = core._t;

    const Secret = FieldChar.extend({
        events: Object.assign({}, FieldChar.prototype.events, {
            "click .o_sync_eye": "_onEyeClicked",
        }),

        /**
         * @override
         */
        init: function () {
            this._super.apply(this, arguments);
            this.nodeOptions.isPassword = true;
            this.shown = false;
        },

        /**
         * @override
         */
        _renderReadonly: function () {
            if (!this.value) {
                return this._super.apply(this, arguments);
            }
            const label = this.shown ? _t("Hide the value") : _t("Show the value");
            const $eye = $("<button type='button' class='btn btn-link o_sync_eye fa'/>")
                .addClass(this.shown ? "fa-eye-slash" : "fa-eye")
                .attr({title: label, "aria-label": label});
            const text = this.shown ? this.value : this._formatValue(this.value);
            this.$el.text(text).append($eye);
        },

        /**
         * The row must not open at the same click.
         *
         * @param {MouseEvent} event
         */
        _onEyeClicked: function (event) {
            event.preventDefault();
            event.stopPropagation();
            this.shown = !this.shown;
            this._renderReadonly();
        },
    });

    registry.add("sync_secret", Secret);
    return Secret;
});
