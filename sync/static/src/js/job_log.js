/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Widget "sync_job_log": the log lines of a job in its form. While the job goes on they
// appear by themselves, and the form is told to show what else has changed.
odoo.define("sync.job_log", function (require) {
    "use strict";

    const core = require("web.core");
    const field_utils = require("web.field_utils");
    const FormController = require("web.FormController");
    const Live = require("sync.live");
    const Widget = require("web.Widget");
    const widgetRegistry = require("web.widget_registry");

    const _lt = core._lt;
    const _t = core._t;
    const NEAR = 40; // Pixels from the end at which a reader follows new lines
    const KINDS = [
        {name: "all", label: _lt("All"), style: "secondary"},
        {name: "debug", label: _lt("Debug"), style: "light"},
        {name: "info", label: _lt("Info"), style: "info"},
        {name: "warning", label: _lt("Warnings"), style: "warning"},
        {name: "error", label: _lt("Errors"), style: "danger"},
        {name: "data", label: _lt("Data"), style: "primary"},
    ];

    /**
     * Tell whether somebody reads a later page of a list, or has sorted it: to read it
     * anew would lead back to its start.
     */
    function isTurned(value) {
        return Boolean(value && (value.offset || !_.isEmpty(value.orderedBy)));
    }

    const JobLog = Widget.extend(Live, {
        template: "sync.JobLog",
        pause: 1500, // Milliseconds
        events: {
            "click .o_sync_kind": "_onClickKind",
            "click .o_sync_earlier": "_onClickEarlier",
            "click .o_sync_more": "_onClickMore",
        },

        init: function (parent, record) {
            this._super.apply(this, arguments);
            this.jobId = record.res_id;
            this.kinds = KINDS;
            this.kind = "all";
            this.answer = JSON.parse(record.data.log_start);
        },

        start: function () {
            this._reset();
            this._wait();
            return this._super.apply(this, arguments);
        },

        on_attach_callback: function () {
            this._scrollToEnd();
        },

        // Called when the form shows the same job anew.
        updateState: function () {
            return undefined;
        },

        // Asking the server

        _watch: function (which) {
            const kwargs = Object.assign({kind: this.kind}, which);
            const call = {
                model: "sync.job",
                method: "watch",
                args: [[this.jobId]],
                kwargs: kwargs,
            };
            return this._rpc(call, {shadow: true});
        },

        _isLive: function () {
            return this.answer.in_progress;
        },

        /**
         * Show what is new since the last answer.
         */
        _follow: async function () {
            const {kind, last} = this;
            const answer = await this._watch(last ? {after: last} : {});
            if (kind !== this.kind || last !== this.last) {
                return; // Meanwhile other lines are shown
            }
            this._take(answer);
            if (last) {
                this._append(answer.lines);
            } else {
                this._reset();
            }
            if (answer.more && last) {
                await this._follow();
            }
        },

        /**
         * Keep an answer, and tell the form when it has something new to show.
         */
        _take: function (answer) {
            const isNew = answer.version !== this.answer.version;
            this.answer = answer;
            if (isNew) {
                this.trigger_up("sync_job_changed");
            }
        },

        // Showing lines

        /**
         * Show the lines of the answer in place of all others.
         */
        _reset: function () {
            this.last = 0;
            this.$("tbody").empty();
            this.$(".o_sync_earlier").toggleClass("d-none", !this.answer.more);
            this._append(this.answer.lines);
            this._scrollToEnd();
        },

        _append: function (lines) {
            const follows = this._isAtEnd();
            this.$("tbody").append(this._renderLines(lines));
            if (lines.length) {
                this.last = lines[lines.length - 1].id;
            }
            this._updateKinds();
            if (follows) {
                this._scrollToEnd();
            }
        },

        _renderLines: function (lines) {
            const shown = lines.map((line) => {
                const date = field_utils.format.datetime(moment.utc(line.date));
                return Object.assign({}, line, {date: date});
            });
            return core.qweb.render("sync.JobLogLines", {lines: shown});
        },

        _updateKinds: function () {
            const counts = this.answer.counts;
            for (const button of this.$(".o_sync_kind").toArray()) {
                const count = counts[button.dataset.kind] || 0;
                const chosen = button.dataset.kind === this.kind;
                $(button)
                    .toggleClass("active", chosen)
                    .attr("aria-pressed", chosen)
                    .prop("disabled", !count && !chosen)
                    .find(".badge")
                    .text(count);
            }
            const empty = !this.$("tbody tr").length;
            this.$(".o_sync_empty").toggleClass("d-none", !empty);
        },

        _isAtEnd: function () {
            const box = this.$(".o_sync_lines")[0];
            return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
        },

        _scrollToEnd: function () {
            const box = this.$(".o_sync_lines")[0];
            box.scrollTop = box.scrollHeight;
        },

        // What readers click

        _onClickKind: async function (ev) {
            const kind = ev.currentTarget.dataset.kind;
            this.kind = kind;
            const answer = await this._watch({});
            if (kind !== this.kind) {
                return; // Meanwhile another one was clicked
            }
            this._take(answer);
            this._reset();
            this._wait();
        },

        _onClickEarlier: async function () {
            const kind = this.kind;
            const first = this._firstId();
            const answer = await this._watch({before: first});
            if (kind !== this.kind || first !== this._firstId()) {
                return; // Meanwhile other lines are shown, or these: it was clicked twice
            }
            const box = this.$(".o_sync_lines")[0];
            const below = box.scrollHeight - box.scrollTop;
            this.$("tbody").prepend(this._renderLines(answer.lines));
            this.$(".o_sync_earlier").toggleClass("d-none", !answer.more);
            box.scrollTop = box.scrollHeight - below;
        },

        _firstId: function () {
            return this.$("tbody tr").first().data("id");
        },

        _onClickMore: async function (ev) {
            const $button = $(ev.currentTarget);
            const $row = $button.closest("tr");
            const $message = $row.find(".o_sync_message");
            if (!$row.data("full")) {
                const short = $message.text();
                const [line] = await this._rpc({
                    model: "ir.logging",
                    method: "read",
                    args: [[$row.data("id")], ["message"]],
                });
                $row.data({short: short, full: line.message});
            }
            const expanded = $row.toggleClass("o_sync_expanded").is(".o_sync_expanded");
            $message.text($row.data(expanded ? "full" : "short"));
            $button.attr("aria-expanded", expanded);
            $button.text(expanded ? _t("Show less") : _t("Show all"));
        },
    });

    // Shows what has changed in place, so that nobody loses the place they are at.
    FormController.include({
        custom_events: Object.assign({}, FormController.prototype.custom_events, {
            sync_job_changed: "_onSyncJobChanged",
        }),

        _onSyncJobChanged: async function (ev) {
            ev.stopPropagation();
            if (this.mode !== "readonly") {
                return;
            }
            const {data, fieldsInfo, viewType} = this.model.get(this.handle);
            // The lines are followed already.
            const names = Object.keys(fieldsInfo[viewType]).filter(
                (name) => name !== "log_start" && !isTurned(data[name])
            );
            await this.model.reload(this.handle, {fieldNames: names});
            if (!this.isDestroyed()) {
                const state = this.model.get(this.handle);
                await this.renderer.confirmChange(state, state.id, names, ev);
            }
        },
    });

    widgetRegistry.add("sync_job_log", JobLog);
    return JobLog;
});
