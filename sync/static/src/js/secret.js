/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_secret": dots, and an eye that shows what is behind them. A value may
// have several lines, as a private key does.
odoo.define("sync.secret", function (require) {
    "use strict";

    const core = require("web.core");
    const dom = require("web.dom");
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
            "paste input": "_onPaste",
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
            // before somebody typed. The input itself would tell its length, and it
            // has one line only.
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
            if (this.$input) {
                this._fill(this.value);
            } else {
                this.$box = $("<span/>");
                this.$el.append(this.$box, this._makeEye());
                this._showOrHide();
            }
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
                this._replaceInput();
            } else {
                this.$text.text(this.shown ? this.value : DOTS);
            }
        },

        /**
         * An input has one line and dots; what is shown may take several lines.
         */
        _replaceInput: function () {
            const value = this.$input ? this._getValue() : this.value;
            this._prepareInput($(this.shown ? "<textarea/>" : "<input/>"));
            this.$input.attr({name: this.name, spellcheck: "false"});
            this.$box.empty().append(this.$input);
            this._fill(value);
            if (this.shown) {
                dom.autoresize(this.$input, {min_height: 0});
            }
        },

        /**
         * Show a value, or let the empty input stand for it.
         *
         * @param {string|false} value
         */
        _fill: function (value) {
            this.kept = !this.shown && value;
            this.$input.val((this.shown && value) || "");
            this.$input.attr("placeholder", this.kept ? DOTS : "");
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
         * An input would join the lines.
         *
         * @param {jQuery.Event} event
         */
        _onPaste: function (event) {
            const {selectionStart, selectionEnd, value} = event.target;
            const pasted = event.originalEvent.clipboardData.getData("text/plain");
            if (pasted.trim().includes("\n")) {
                event.preventDefault();
                const parts = [
                    value.slice(0, selectionStart),
                    pasted.replace(/\r/g, ""),
                    value.slice(selectionEnd),
                ];
                this._fill(parts.join("").trim());
                this._doAction(); // No other event tells of it
            }
        },

        /**
         * Leave to the browser the keys that lead to the eye, press it or begin a new
         * line: the list would go to the next cell or row.
         *
         * @override
         */
        _onKeydown: function (event) {
            const onEye = this._isOnEye(event.target);
            const inside = this.mode !== "edit" || event.shiftKey === onEye;
            const onText = onEye || (this.mode === "edit" && this.shown);
            if (
                event.which === keys.TAB ? inside : event.which === keys.ENTER && onText
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
                this._fill(false);
                this._onInput();
            }
        },
    });

    registry.add("sync_secret", Secret);
    return Secret;
});
