/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_run_chart": the bars that a text field describes as JSON.
odoo.define("sync.run_chart", function (require) {
    "use strict";

    const AbstractField = require("web.AbstractField");
    const core = require("web.core");
    const registry = require("web.field_registry");

    const RunChart = AbstractField.extend({
        className: "d-block",
        supportedFieldTypes: ["text"],

        /**
         * @override
         */
        _render: function () {
            const bars = JSON.parse(this.value || "[]");
            this.$el.html(core.qweb.render("sync.RunChart", {bars: bars}));
        },
    });

    registry.add("sync_run_chart", RunChart);
    return RunChart;
});
