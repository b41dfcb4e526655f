/* Copyright 2026 Sync Studio contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html) */

// Lists with js_class="sync_live_list" are read again and again, as long as they show
// records that are in progress: those have a field ``in_progress``.
odoo.define("sync.live_list", function (require) {
    "use strict";

    const ListController = require("web.ListController");
    const ListModel = require("web.ListModel");
    const ListView = require("web.ListView");
    const viewRegistry = require("web.view_registry");
    const Live = require("sync.live");

    const LiveListModel = ListModel.extend({
        /**
         * Read the records again, with nothing on the page telling of it.
         */
        reloadQuietly: async function (handle) {
            this.isQuiet = true;
            try {
                await this.reload(handle);
            } finally {
                this.isQuiet = false;
            }
        },

        /**
         * Drop rows that were read again, which Odoo would keep as long as the page.
         */
        forget: function (rowIds) {
            for (const row of rowIds.map((id) => this.localData[id])) {
                for (const [name, value] of Object.entries(row.data)) {
                    if (row.fields[name].type === "many2one") {
                        delete this.localData[value];
                    }
                }
                delete this.localData[row.id];
            }
        },

        /**
         * @override
         */
        _rpc: function (call, options) {
            return this._super(call, Object.assign({shadow: this.isQuiet}, options));
        },
    });

    const LiveListController = ListController.extend(Live, {
        pause: 3000, // Milliseconds

        /**
         * @override
         */
        update: function () {
            const updated = this._super.apply(this, arguments);
            const end = () => {
                this.updated = this.updated === updated ? null : this.updated;
            };
            this.updated = updated;
            updated.then(end, end);
            return updated;
        },

        /**
         * @override
         */
        _update: async function () {
            await this._super.apply(this, arguments);
            this._wait();
        },

        /**
         * Groups stay as they are: rows would jump from one to another.
         */
        _isLive: function () {
            const {groupedBy} = this.model.get(this.handle);
            return (
                !groupedBy.length && this._rows().some((row) => row.data.in_progress)
            );
        },

        _follow: async function () {
            const former = this._rows().map((row) => row.id);
            await this.model.reloadQuietly(this.handle);
            // What a person asked for meanwhile comes first.
            if (this.updated || this.isDestroyed() || this._isInUse()) {
                return;
            }
            await this.update({}, {reload: false});
            this.model.forget(former);
        },

        /**
         * Rows that are selected stay where they are.
         */
        _isInUse: function () {
            return this.selectedRecords.length > 0 || Live._isInUse.apply(this);
        },

        _rows: function () {
            return this.model.get(this.handle).data;
        },
    });

    const LiveListView = ListView.extend({
        config: Object.assign({}, ListView.prototype.config, {
            Controller: LiveListController,
            Model: LiveListModel,
        }),
    });

    viewRegistry.add("sync_live_list", LiveListView);
    return LiveListView;
});
