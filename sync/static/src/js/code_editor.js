/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_code": Odoo's code editor, set up for the Python of projects.
odoo.define("sync.code_editor", function (require) {
    "use strict";

    const AceEditor = require("web.basic_fields").AceEditor;
    const registry = require("web.field_registry");

    const CodeEditor = AceEditor.extend({
        // Tells the form of changes in every pause, so that code is checked while it
        // is typed (milliseconds).
        DEBOUNCE: 500,
        resetOnAnyFieldChange: true,

        /**
         * Mark the line with a problem, which fields named by the options tell.
         *
         * @override
         */
        reset: function () {
            return this._super.apply(this, arguments).then(() => {
                const text = this.recordData[this.nodeOptions.problem];
                const line = this.recordData[this.nodeOptions.problem_line] || 1;
                this.aceSession.setAnnotations(
                    text ? [{row: line - 1, column: 0, text: text, type: "error"}] : []
                );
            });
        },

        /**
         * What is being typed is newer than what the form knows.
         *
         * @override
         */
        _render: function () {
            if (!this.aceEditor.isFocused()) {
                this._super.apply(this, arguments);
            }
        },

        /**
         * Show line numbers to readers too (errors name them), and leave room for
         * code where there is none yet.
         *
         * @override
         */
        _startAce: function () {
            this.nodeOptions.mode = "python";
            this._super.apply(this, arguments);
            this.aceEditor.setOptions({minLines: 12, showGutter: true});
            this.aceSession.setTabSize(4);
        },
    });

    registry.add("sync_code", CodeEditor);
    return CodeEditor;
});
