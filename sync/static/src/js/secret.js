/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_secret": dots, and an eye that shows what is behind them.
odoo.define("sync.secret", function (require) {
    "use strict";

    const core = require("web.core");
    const FieldChar = require("web.basic_fields").FieldChar;
    const registry = require("web.field_registry");

    const _t = core._t;
    const keys = $.ui.keyCode;

    // As many for each value: their number tells nothing.
    const DOTS = "•".repeat(8);

    const Secret = FieldChar.extend({
        className: "o_field_char o_sync_secret",
        events: Object.assign({}, FieldChar.prototype.events, {
            "click .o_sync_eye": "_onEyeClicked",
        }),

        /**
         * @override
         */
        init: function () {
            this._super.apply(this, arguments);
            if (this.mode === "edit") {
                this.tagName = "div";
                this.className += " o_input";
            }
            this.nodeOptions.isPassword = true;
            this.shown = false;
            // What the input stands for while nothing is in it: the value as it was
            // before somebody typed. The input itself would tell its length, and
            // change a value of several lines.
            this.kept = false;
        },

        /**
         * An onchange leads the focus here again, which leaves it on the eye.
         *
         * @override
         */
        activate: function () {
            const onEye = this._isOnEye(document.activeElement);
            return onEye || this._super.apply(this, arguments);
        },

        /**
         * @param {Element} element
         * @returns {boolean}
         */
        _isOnEye: function (element) {
            return Boolean(this.$eye) && this.$eye.is(element);
        },

        /**
         * @override
         */
        _renderReadonly: function () {
            this.$text = $("<span/>");
            this.$el.empty();
            if (this.value) {
                this.$el.append(this.$text, this._makeEye());
                this._showOrHide();
            }
        },

        /**
         * @override
         */
        _renderEdit: function () {
            if (!this.$input) {
                this._prepareInput().attr({name: this.name, spellcheck: "false"});
                this.$el.append(this.$input, this._makeEye());
            }
            this.kept = this.value;
            this.$input.val("");
            this._showOrHide();
        },

        /**
         * @returns {jQuery}
         */
        _makeEye: function () {
            this.$eye = $("<button type='button' class='btn btn-link o_sync_eye fa'/>");
            return this.$eye;
        },

        /**
         * Draw what changes with a click on the eye, which keeps the focus.
         */
        _showOrHide: function () {
            const label = this.shown ? _t("Hide the value") : _t("Show the value");
            this.$eye
                .attr({title: label, "aria-label": label})
                .toggleClass("fa-eye", !this.shown)
                .toggleClass("fa-eye-slash", this.shown);
            if (this.mode === "edit") {
                this._showOrHideInput();
            } else {
                this.$text.text(this.shown ? this.value : DOTS);
            }
        },

        _showOrHideInput: function () {
            if (this.shown) {
                this.$input.val(this._getValue());
                this.kept = false;
            }
            this.$input.attr({
                type: this.shown ? "text" : "password",
                placeholder: this.kept ? DOTS : "",
            });
        },

        /**
         * The field does not trim, or a value that nobody touched might change.
         *
         * @override
         */
        _getValue: function () {
            return this._super.apply(this, arguments).trim() || this.kept || "";
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
            this._showOrHide();
        },

        /**
         * Leave to the browser the keys that lead to the eye and press it: the list
         * would go to the next cell or row.
         *
         * @override
         */
        _onKeydown: function (event) {
            const onEye = this._isOnEye(event.target);
            const inside = this.mode !== "edit" || event.shiftKey === onEye;
            if (
                event.which === keys.TAB ? inside : event.which === keys.ENTER && onEye
            ) {
                event.stopPropagation();
            } else if (this.mode === "edit") {
                if ([keys.BACKSPACE, keys.DELETE].includes(event.which) && !onEye) {
                    this._deleteKept();
                }
                this._super.apply(this, arguments);
            }
        },

        /**
         * Nothing is in the input, so the browser has nothing to delete there.
         */
        _deleteKept: function () {
            if (this.kept && !this.$input.val()) {
                this.kept = false;
                this.$input.attr("placeholder", "");
                this._onInput();
            }
        },
    });

    registry.add("sync_secret", Secret);
    return Secret;
});
