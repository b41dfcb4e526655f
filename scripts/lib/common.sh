# Where things are, how the scripts talk, and steps that survive interruption.
# Sourced by the other files; sets strict mode for all of them.
set -euo pipefail

REPO="$(CDPATH='' cd -- "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
LOCAL="$REPO/.local"
readonly REPO LOCAL

# say TEXT: a progress line, on stderr so that results stay alone on stdout.
say() {
    printf '[sync-studio] %s\n' "$*" >&2
}

# die TEXT...: one line per argument (what is missing, how to get it), then exit.
die() {
    printf '[sync-studio] %s\n' "$@" >&2
    exit 1
}

# have COMMAND: is it on PATH?
have() {
    command -v "$1" >/dev/null 2>&1
}

# digest: a short fingerprint of stdin.
digest() {
    sha256sum | cut -c 1-16
}

# step NAME KEY RESULT FUNCTION: run FUNCTION once for this KEY, and again when
# the file RESULT is gone. The stamp is removed before and written after, so an
# interrupted step is done again.
step() {
    local name="$1" key="$2" result="$3" action="$4"
    local stamp="$LOCAL/stamps/$name" started="$SECONDS"
    if [[ -e "$result" && -f "$stamp" && "$(<"$stamp")" == "$key" ]]; then
        return 0
    fi
    mkdir -p "$LOCAL/stamps"
    rm -f "$stamp"
    "$action"
    write_file "$stamp" <<<"$key"
    say "$name: ready after $((SECONDS - started)) s"
}

# write_file PATH: replace a file with stdin in one move; leave it alone when equal.
write_file() {
    local path="$1" draft
    draft="$(mktemp "$path.XXXXXX")"
    cat >"$draft"
    if cmp -s "$draft" "$path"; then
        rm -f "$draft"
    else
        mv -f "$draft" "$path"
    fi
}

# with_lock COMMAND...: one preparation at a time; a second one waits its turn.
with_lock() {
    _check_folder
    exec 9>"$LOCAL/lock"
    if ! flock --nonblock 9; then
        say "Another command is preparing the environment; waiting for it"
        flock 9
    fi
    "$@"
    exec 9>&-
}

# _check_folder: a folder that can be written and that every tool can take.
_check_folder() {
    case "$REPO" in
        *[,\"\'\$\`\\]* | *$'\n'*)
            die "The folder's path has a comma, quote, \$, \` or \\, which Odoo's addons path cannot hold: $REPO" \
                "Move the repository to another folder."
            ;;
    esac
    mkdir -p "$LOCAL" 2>/dev/null && [[ -w "$LOCAL" && (! -e "$LOCAL/lock" || -w "$LOCAL/lock") ]] ||
        die "$(id -un) may not write in $LOCAL, where everything is prepared." \
            "Use a copy of the repository of your own, or give yourself the folder: chown -R $(id -un) '$LOCAL'"
}
