# An interpreter that Odoo 14 can use (its safe_eval knows the bytecode of
# Python 3.8 and 3.9 only): candidates are tried by running them, and where none
# fits, Debian's own Python 3.9 is unpacked into .local/python.

DEBIAN_PYTHON="$LOCAL/python"
DEBIAN_PYTHON_BIN="$DEBIAN_PYTHON/usr/bin/python3.9"
DEBIAN_PYTHON_PACKAGES=(
    python3.9 python3.9-minimal libpython3.9-minimal libpython3.9-stdlib
    python3-distutils python3-lib2to3 python-pip-whl
    libssl1.1 libffi7 libmpdec3 libexpat1
)

# find_python: set PYTHON_FOUND to an interpreter.
find_python() {
    PYTHON_FOUND="$(_first_fitting_python)" || _unpack_debian_python
}

_unpack_debian_python() {
    say "No Python 3.8 or 3.9 on this machine (PYTHON=/path/to/python3.9 names one); taking Debian's"
    debian_unpack "$DEBIAN_PYTHON" "${DEBIAN_PYTHON_PACKAGES[@]}"
    use_debian_libraries
    PYTHON_FOUND="$DEBIAN_PYTHON_BIN"
    _python_fits "$PYTHON_FOUND" || die \
        "Debian's Python 3.9 does not run on this machine: $("$PYTHON_FOUND" -c 'import ssl' 2>&1 | tail -1)" \
        "Install Python 3.9, for instance with pyenv or uv, and name it: PYTHON=/path/to/python3.9 $0"
}

# use_debian_libraries: where Debian's Python was unpacked, let it find its libraries.
use_debian_libraries() {
    if [[ -x "$DEBIAN_PYTHON_BIN" ]]; then
        LD_LIBRARY_PATH="$(printf '%s:' "$DEBIAN_PYTHON"/{usr/,}lib/*-linux-gnu*)"
        export LD_LIBRARY_PATH="${LD_LIBRARY_PATH%:}"
    fi
}

# make_venv INTERPRETER FOLDER: with pip, whether or not the interpreter brings it.
make_venv() {
    local interpreter="$1" folder="$2"
    rm -rf "$folder"
    if ! "$interpreter" -m venv "$folder" >/dev/null 2>&1; then
        "$interpreter" -m venv --clear --without-pip "$folder"
        _install_debian_pip "$folder/bin/python"
    fi
}

# _install_debian_pip INTERPRETER: by the wheels that Debian packs for its ensurepip.
_install_debian_pip() {
    local wheels
    if [[ ! -d "$DEBIAN_PYTHON" ]]; then
        debian_unpack "$DEBIAN_PYTHON" python-pip-whl
    fi
    wheels="$(printf '%s:' "$DEBIAN_PYTHON"/usr/share/python-wheels/*.whl)"
    PYTHONPATH="$wheels" pip_install "$1" pip setuptools
}

_first_fitting_python() {
    local candidate
    while read -r candidate; do
        if [[ -n "$candidate" ]] && _python_fits "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done < <(_python_candidates)
    return 1
}

_python_candidates() {
    local version
    echo "${PYTHON:-}"
    echo python3.9
    echo python3.8
    for version in 3.9 3.8; do
        ! have pyenv || echo "$(pyenv prefix "$version" 2>/dev/null)/bin/python"
        ! have uv || uv python find "$version" 2>/dev/null || true
    done
    echo "$DEBIAN_PYTHON_BIN"
}

_python_fits() {
    "$1" -c 'import ssl, sys, venv; sys.exit(sys.version_info[:2] not in ((3, 8), (3, 9)))' \
        >/dev/null 2>&1
}
