/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Client action "sync_overview": the first page of Sync Studio.
odoo.define("sync.overview", function (require) {
    "use strict";

    const AbstractAction = require("web.AbstractAction");
    const core = require("web.core");
    const Live = require("sync.live");

    const Overview = AbstractAction.extend(Live, {
        pause: 30000, // Milliseconds
        hasControlPanel: true,
        contentTemplate: "sync.Overview",
        events: {
            "click [data-kind]": "_onOpen",
            "click a[type=action]": "_onAction",
        },

        /**
         * @override
         */
        willStart: function () {
            return Promise.all([this._super.apply(this, arguments), this._load()]);
        },

        /**
         * @override
         */
        start: async function () {
            await this._super.apply(this, arguments);
            const $refresh = $(core.qweb.render("sync.OverviewRefresh"));
            $refresh.on("click", () => this._reload());
            this.updateControlPanel({cp_content: {$buttons: $refresh}});
            this._wait();
        },

        /**
         * Ask for what the page shows.
         *
         * @param {Object} [options] of the request
         * @returns {Promise}
         */
        _load: async function (options) {
            const call = {model: "sync.overview", method: "read_page"};
            this.content = await this._rpc(call, options);
        },

        _isLive: function () {
            return true;
        },

        _follow: function () {
            return this._reload({shadow: true});
        },

        /**
         * Show the figures of this moment.
         *
         * @param {Object} [options] of the request
         * @returns {Promise}
         */
        _reload: async function (options) {
            await this._load(options);
            const page = core.qweb.render(this.contentTemplate, {widget: this});
            this.$(".o_content").html(page);
        },

        /**
         * Open the list behind a figure, or a record; the figures are new when one
         * comes back.
         *
         * @param {MouseEvent} event
         */
        _onOpen: async function (event) {
            event.preventDefault();
            const data = event.currentTarget.dataset;
            const key = data.kind === "figure" ? data.key : Number(data.key);
            const action = await this._rpc({
                model: "sync.overview",
                method: "action_open",
                args: [data.kind, key],
            });
            this.do_action(action, {on_reverse_breadcrumb: () => this._reload()});
        },

        /**
         * Follow a link of the first steps.
         *
         * @param {MouseEvent} event
         */
        _onAction: function (event) {
            event.preventDefault();
            this.do_action($(event.currentTarget).attr("name"), {
                on_reverse_breadcrumb: () => this._reload(),
                on_close: () => this._reload(),
            });
        },
    });

    core.action_registry.add("sync_overview", Overview);
    return Overview;
});
