/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Widget "sync_job_log": the log lines of a job in its form. While the job goes on they
// appear by themselves, and the form is told to show what else has changed.
odoo.define("sync.job_log", function (require) {
    "use strict";

    const core = require("web.core");
    const field_utils = require("web.field_utils");
    const FormController = require("web.FormController");
    const Widget = require("web.Widget");
    const widgetRegistry = require("web.widget_registry");

    const _lt = core._lt;
    const _t = core._t;
    const PAUSE = 1500; // Milliseconds between two questions to the server
    const PATIENCE = 10; // Questions without an answer, one after the other
    const NEAR = 40; // Pixels from the end at which a reader follows new lines
    const KINDS = [
        {name: "all", label: _lt("All"), style: "secondary"},
        {name: "debug", label: _lt("Debug"), style: "light"},
        {name: "info", label: _lt("Info"), style: "info"},
        {name: "warning", label: _lt("Warnings"), style: "warning"},
        {name: "error", label: _lt("Errors"), style: "danger"},
        {name: "data", label: _lt("Data"), style: "primary"},
    ];

    const JobLog = Widget.extend({
        template: "sync.JobLog",
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
            this.failures = 0;
            this.answer = JSON.parse(record.data.log_start);
        },

        start: function () {
            this._reset();
            this._wait();
            return this._super.apply(this, arguments);
        },

        destroy: function () {
            clearTimeout(this.timer);
            this._super.apply(this, arguments);
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

        _wait: function () {
            clearTimeout(this.timer);
            if (this.answer.in_progress) {
                this.timer = setTimeout(this._tick.bind(this), PAUSE);
            }
        },

        _tick: async function () {
            if (document.visibilityState === "visible" && this._isInPage()) {
                await this._follow();
            }
            this._wait();
        },

        _isInPage: function () {
            return document.body.contains(this.el);
        },

        /**
         * Show what is new since the last answer.
         */
        _follow: async function () {
            const version = this.answer.version;
            const kind = this.kind;
            let answer = null;
            try {
                answer = await this._watch(this.last ? {after: this.last} : {});
                this.failures = 0;
            } catch (failure) {
                this._onFailure(failure);
            }
            if (!answer || kind !== this.kind) {
                return; // Meanwhile other lines may be shown
            }
            this.answer = answer;
            this._append(answer.lines);
            if (answer.version !== version) {
                this.trigger_up("sync_job_changed");
            }
            if (answer.more && this.last) {
                await this._follow();
            }
        },

        /**
         * The server may be away for a moment, as when it is restarted; or for good.
         */
        _onFailure: function (failure) {
            if (failure.event) {
                failure.event.preventDefault();
            }
            this.failures += 1;
            this.answer.in_progress = this.failures < PATIENCE;
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
            this.kind = ev.currentTarget.dataset.kind;
            const answer = await this._watch({});
            this.answer = Object.assign({}, answer, {version: this.answer.version});
            this._reset();
            this._wait();
        },

        _onClickEarlier: async function () {
            const first = this.$("tbody tr").first().data("id");
            const answer = await this._watch({before: first});
            const box = this.$(".o_sync_lines")[0];
            const below = box.scrollHeight - box.scrollTop;
            this.$("tbody").prepend(this._renderLines(answer.lines));
            this.$(".o_sync_earlier").toggleClass("d-none", !answer.more);
            box.scrollTop = box.scrollHeight - below;
        },

        _onClickMore: async function (ev) {
            const $button = $(ev.currentTarget);
            const $row = $button.closest("tr");
            const $message = $row.find(".o_sync_message");
            const expanded = $row.hasClass("o_sync_expanded");
            if (!expanded && !$row.data("full")) {
                const [line] = await this._rpc({
                    model: "ir.logging",
                    method: "read",
                    args: [[$row.data("id")], ["message"]],
                });
                $row.data({short: $message.text(), full: line.message});
            }
            $message.text($row.data(expanded ? "short" : "full"));
            $row.toggleClass("o_sync_expanded", !expanded);
            $button.attr("aria-expanded", !expanded);
            $button.text(expanded ? _t("Show all") : _t("Show less"));
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
            const {fieldsInfo, viewType} = this.model.get(this.handle);
            // The lines are followed already.
            const names = _.without(Object.keys(fieldsInfo[viewType]), "log_start");
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
