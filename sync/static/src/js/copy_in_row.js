/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_copy": a text in a row of a list, with a button that copies it.
odoo.define("sync.copy_in_row", function (require) {
    "use strict";

    const CharCopyClipboard = require("web.basic_fields").CharCopyClipboard;
    const registry = require("web.field_registry");

    const CopyInRow = CharCopyClipboard.extend({
        className: "",
        clipboardTemplate: "sync.CopyInRow",

        /**
         * The button stands before the text, which may be cut; it does not open the row.
         *
         * @override
         */
        _renderReadonly: function () {
            this._super.apply(this, arguments);
            this.$(".o_clipboard_button")
                .prependTo(this.$el)
                .on("click", (event) => event.stopPropagation());
        },
    });

    registry.add("sync_copy", CopyInRow);
    return CopyInRow;
});
