/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_open_records": a list whose rows lead to the page of their record.
// In Odoo's dialog there is no way on to what the record leads to, nor back.
odoo.define("sync.open_records", function (require) {
    "use strict";

    const FieldOne2Many = require("web.relational_fields").FieldOne2Many;
    const registry = require("web.field_registry");

    const OpenRecords = FieldOne2Many.extend({
        /**
         * @override
         */
        _onOpenRecord: function (event) {
            event.stopPropagation();
            const record = this.value.data.find((row) => row.id === event.data.id);
            this.do_action({
                type: "ir.actions.act_window",
                res_model: record.model,
                res_id: record.res_id,
                views: [[false, "form"]],
            });
        },
    });

    registry.add("sync_open_records", OpenRecords);
    return OpenRecords;
});
