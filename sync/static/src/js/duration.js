/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Field widget "sync_duration": seconds, as people say them: 0.25 s, 12 s, 3 min 05 s.
odoo.define("sync.duration", function (require) {
    "use strict";

    const core = require("web.core");
    const FieldFloat = require("web.basic_fields").FieldFloat;
    const field_utils = require("web.field_utils");
    const registry = require("web.field_registry");

    const _t = core._t;
    const sprintf = _.str.sprintf;

    function format(seconds) {
        const two = (number) => String(number).padStart(2, "0");
        const whole = Math.round(seconds);
        if (seconds < 10) {
            const number = field_utils.format.float(seconds, {digits: [16, 2]});
            return sprintf(_t("%s s"), number);
        } else if (whole < 60) {
            return sprintf(_t("%s s"), whole);
        } else if (whole < 3600) {
            const minutes = Math.floor(whole / 60);
            return sprintf(_t("%s min %s s"), minutes, two(whole % 60));
        }
        const minutes = Math.floor((whole % 3600) / 60);
        return sprintf(_t("%s h %s min"), Math.floor(whole / 3600), two(minutes));
    }

    const Duration = FieldFloat.extend({
        _formatValue: function (value) {
            return value ? format(value) : "";
        },
    });

    registry.add("sync_duration", Duration);
    return {Duration: Duration, format: format};
});
