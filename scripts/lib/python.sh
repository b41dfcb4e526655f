# The Python environment: the pinned libraries in .local/venv.

VENV="$LOCAL/venv"
PYTHON_BIN="$VENV/bin/python"
ODOO_REQUIREMENTS="$REPO/scripts/odoo-requirements.txt"
REQUIREMENTS="$REPO/requirements.txt"
# pip itself is pinned, because it decides how the few source packages are built
PIP_TOOLS=(pip==24.0 wheel==0.45.1 setuptools)

# prepare_python: build the environment once; later changes of versions are
# installed over it, so that running servers keep their files.
prepare_python() {
    use_debian_libraries
    step python "$(cat "$ODOO_REQUIREMENTS" "$REQUIREMENTS" | digest)" "$PYTHON_BIN" _install_libraries
}

_install_libraries() {
    local complete="$VENV/complete"
    [[ -x "$PYTHON_BIN" && -f "$complete" ]] || _build_venv
    rm -f "$complete"
    say "Installing the pinned Python libraries (half a minute on a good line)"
    pip_install "$PYTHON_BIN" --no-build-isolation -r "$ODOO_REQUIREMENTS" -r "$REQUIREMENTS"
    : >"$complete"
}

_build_venv() {
    find_python
    say "Making a Python environment with $PYTHON_FOUND"
    make_venv "$PYTHON_FOUND" "$VENV"
    _link_odoo
    pip_install "$PYTHON_BIN" --constraint "$ODOO_REQUIREMENTS" "${PIP_TOOLS[@]}"
}

# _link_odoo: let the environment import Debian's odoo library. Below .local the
# path is relative, so that the repository can be moved or copied.
_link_odoo() {
    local site
    site="$(site_packages)"
    realpath --canonicalize-missing --relative-to="$site" --relative-base="$LOCAL" \
        "$ODOO_LIBRARY" >"$site/debian_odoo.pth"
}

# site_packages: where the environment keeps installed libraries.
site_packages() {
    echo "$VENV"/lib/python3.*/site-packages
}

# pip_install INTERPRETER ARGUMENT...: pip's words go to a log, shown on failure;
# a line for every tenth library shows that it goes on.
pip_install() {
    local interpreter="$1" log="$LOCAL/logs/pip.log"
    shift
    mkdir -p "$LOCAL/logs"
    "$interpreter" -m pip --disable-pip-version-check install --progress-bar off "$@" 2>&1 |
        tee "$log" | awk '/^Collecting / && ++count % 10 == 0 {
            print "[sync-studio]   " count " libraries"; fflush() }' >&2 || {
        grep -v '^WARNING' "$log" | tail -n 20 >&2
        die "Installing Python libraries failed (see above; pip's log: $log)." \
            "Check the network and pip's settings (pip config list), then run the command again."
    }
}
