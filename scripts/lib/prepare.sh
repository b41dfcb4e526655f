# Everything a command needs before it can use Odoo: source this, call prepare.
# Afterwards PYTHON_BIN runs ODOO_SERVER, and ODOO_RC (exported) names its settings.
LIB="$(dirname "${BASH_SOURCE[0]}")"
source "$LIB/common.sh"
source "$LIB/debian.sh"
source "$LIB/odoo.sh"
source "$LIB/find_python.sh"
source "$LIB/python.sh"
source "$LIB/postgres.sh"
source "$LIB/config.sh"
source "$LIB/chromium.sh"
source "$LIB/lint.sh"

# prepare: have Odoo ready to be started.
prepare() {
    with_lock _prepare_all
}

# prepare_programs: what can be fetched ahead of time.
prepare_programs() {
    prepare_odoo
    prepare_python
    prepare_postgres_programs
}

_prepare_all() {
    prepare_programs
    prepare_postgres
    prepare_config
}
