# Odoo 14 itself: Debian's package, completed by the libraries and fonts that
# its web client links to. ODOO_PREFIX=/usr uses one that is installed already,
# as the Docker image does.

ODOO_UNPACKED="$LOCAL/odoo"
ODOO_PREFIX="${ODOO_PREFIX:-$ODOO_UNPACKED/usr}"
ODOO_SERVER="$ODOO_PREFIX/bin/odoo"
ODOO_LIBRARY="$ODOO_PREFIX/lib/python3/dist-packages"
ODOO_PACKAGES=(
    odoo-14
    libjs-jquery libjs-jquery-ui libjs-underscore
    fonts-font-awesome fonts-roboto-unhinted fonts-glyphicons-halflings fonts-inconsolata
)

# prepare_odoo: unpack once.
prepare_odoo() {
    if [[ "$ODOO_PREFIX" == "$ODOO_UNPACKED/usr" ]]; then
        step odoo "${ODOO_PACKAGES[*]}" "$ODOO_SERVER" _unpack_odoo
    elif [[ ! -f "$ODOO_SERVER" ]]; then
        die "ODOO_PREFIX names $ODOO_PREFIX, but Odoo's server is not there: $ODOO_SERVER" \
            "Correct it, or unset it to have Odoo 14 fetched."
    fi
}

_unpack_odoo() {
    debian_unpack "$ODOO_UNPACKED" "${ODOO_PACKAGES[@]}"
}
