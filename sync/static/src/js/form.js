/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Forms with js_class="sync_form" get the lists in them along with their record, in one
// request instead of one for each list.
odoo.define("sync.form", function (require) {
    "use strict";

    const BasicModel = require("web.BasicModel");
    const FormView = require("web.FormView");
    const viewRegistry = require("web.view_registry");

    const FormModel = BasicModel.extend({
        init: function () {
            this._super.apply(this, arguments);
            this.lists = {};
            this.rows = {};
        },

        /**
         * @override
         */
        _fetchRecord: function (record, options) {
            // For the call of "read" that Odoo makes now.
            this.lists = this._listsIn(record, options);
            return this._super.apply(this, arguments);
        },

        /**
         * @override
         */
        _rpc: function (call) {
            const lists = this.lists;
            if (call.method !== "read" || _.isEmpty(lists)) {
                return this._super.apply(this, arguments);
            }
            this.lists = {};
            const asked = _.mapObject(lists, (list) => _.pick(list, "names", "limit"));
            const form = {method: "read_form", args: [...call.args, asked]};
            return this._super(Object.assign({}, call, form)).then((answer) => {
                for (const [name, rows] of Object.entries(answer.rows)) {
                    this._keepRows(lists[name].model, rows);
                }
                return answer.record;
            });
        },

        /**
         * Odoo reads the rows of a list here: we may have them already.
         *
         * @override
         */
        _performRPC: function (call) {
            const rows = call.method === "read" && this._takeRows(call);
            return rows ? Promise.resolve(rows) : this._super.apply(this, arguments);
        },

        /**
         * Give what the lists shown in a form need, by their names.
         */
        _listsIn: function (record, options) {
            const viewType = (options && options.viewType) || record.viewType;
            const lists = {};
            const read = options && options.fieldNames;
            for (const name of read || record.getFieldNames(options)) {
                const info = record.fieldsInfo[viewType][name];
                const view = info.views && info.views[info.mode];
                if (view && view.type === "list" && !info.__no_fetch) {
                    lists[name] = {
                        model: record.fields[name].relation,
                        names: Object.keys(view.fieldsInfo.list),
                        limit: info.limit,
                    };
                }
            }
            return lists;
        },

        _keepRows: function (model, rows) {
            this.rows[model] = Object.assign(
                {},
                this.rows[model],
                _.indexBy(rows, "id")
            );
        },

        /**
         * Give the rows that a call asks for, once; nothing when we lack some of them.
         */
        _takeRows: function (call) {
            const kept = this.rows[call.model] || {};
            const rows = call.ids.map((id) => kept[id]);
            this.rows[call.model] = _.omit(kept, call.ids);
            const isComplete = (row) =>
                row && call.fieldNames.every((name) => name in row);
            return rows.every(isComplete) && rows;
        },
    });

    const SyncFormView = FormView.extend({
        config: Object.assign({}, FormView.prototype.config, {Model: FormModel}),
    });

    viewRegistry.add("sync_form", SyncFormView);
    return SyncFormView;
});
