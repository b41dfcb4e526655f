/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Graphs with js_class="sync_state_graph": states of jobs and levels of log lines have the
// colors that they have in lists.
odoo.define("sync.state_graph", function (require) {
    "use strict";

    const GraphRenderer = require("web.GraphRenderer");
    const GraphView = require("web.GraphView");
    const viewRegistry = require("web.view_registry");

    const GREEN = "#28a745";
    const BLUE = "#17a2b8";
    const YELLOW = "#ffc107";
    const RED = "#dc3545";
    const DARK_RED = "#8b1a26";
    const GRAY = "#ced4da";
    const DARK_GRAY = "#868e96";
    const COLORS = {
        state: {
            pending: GRAY,
            enqueued: "#8fd3de",
            started: BLUE,
            done: GREEN,
            done_warning: YELLOW,
            failed: RED,
            cancelled: DARK_GRAY,
        },
        level: {
            debug: GRAY,
            info: BLUE,
            warning: YELLOW,
            error: RED,
            critical: DARK_RED,
        },
    };

    const StateGraphRenderer = GraphRenderer.extend({
        /**
         * @override
         */
        _prepareData: function () {
            const data = this._super.apply(this, arguments);
            this.names =
                this.state.mode === "pie"
                    ? data.labels.map((label) => this._relabelling(label))
                    : data.datasets.map((dataset) => dataset.label);
            return data;
        },

        /**
         * @override
         */
        _getColor: function (index) {
            const groups = (this.names[index] || "").split("/");
            const fields = Object.keys(COLORS).filter((name) =>
                this.state.processedGroupBy.includes(name)
            );
            const colors = fields.map((field) =>
                groups.map((group) => COLORS[field][this._valueOf(field, group)])
            );
            return (
                _.compact(_.flatten(colors))[0] || this._super.apply(this, arguments)
            );
        },

        /**
         * Give the value of a field by the name of its group.
         */
        _valueOf: function (field, group) {
            const named = (this.fields[field].selection || []).find(
                ([, label]) => label === group
            );
            return named ? named[0] : group;
        },
    });

    const StateGraphView = GraphView.extend({
        config: Object.assign({}, GraphView.prototype.config, {
            Renderer: StateGraphRenderer,
        }),
    });

    viewRegistry.add("sync_state_graph", StateGraphView);
    return StateGraphView;
});
