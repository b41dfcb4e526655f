# Odoo's configuration file under .local: addons path, database, server-wide modules.

# prepare_config: write the file and export ODOO_RC, by which Odoo and
# pytest-odoo find it. Each set of EXTRA_ADDONS and PG* has a file of its own, so
# that two commands with different values do not disturb each other.
prepare_config() {
    local variant="${EXTRA_ADDONS:-}${PGHOST:+ $PGHOST ${PGPORT:-} ${PGUSER:-}}"
    export ODOO_RC="$LOCAL/odoo${variant:+-$(digest <<<"$variant")}.conf"
    _config | write_file "$ODOO_RC"
}

_config() {
    local name=odoo
    [[ -z "${EXTRA_ADDONS:-}" ]] || name="odoo-$(digest <<<"$EXTRA_ADDONS")"
    export ODOO_RC="$LOCAL/$name.conf"
    _config | write_file "$ODOO_RC"
}

_config() {
    cat <<END
[options]
addons_path = $(_addons_path)
data_dir = $LOCAL/data
server_wide_modules = base,web,queue_job
http_interface = 127.0.0.1
$(_config_database)
END
}

_addons_path() {
    local path
    path="$ODOO_LIBRARY/odoo/addons,$(site_packages)/odoo/addons,$REPO"
    echo "$path${EXTRA_ADDONS:+,$EXTRA_ADDONS}"
}

_config_database() {
    if postgres_is_external; then
        echo "db_host = $PGHOST"
        echo "db_port = ${PGPORT:-5432}"
        echo "db_user = ${PGUSER:-$(id -un)}"
        [[ -z "${PGPASSWORD:-}" ]] || echo "db_password = $PGPASSWORD"
    else
        echo "db_host = $PG_SOCKET"
        echo "db_port = 5432"
        echo "db_user = $PG_ROLE"
        echo "pg_path = $PG_BIN"
    fi
}
