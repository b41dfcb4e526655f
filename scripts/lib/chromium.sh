# The browser of the end-to-end tests: the one that CHROMIUM names, one on PATH,
# or the machine's own package unpacked into .local/chromium.

CHROMIUM_FOLDER="$LOCAL/chromium"

# prepare_chromium: export CHROMIUM, the program to start.
prepare_chromium() {
    if [[ -n "${CHROMIUM:-}" ]]; then
        have "$CHROMIUM" || die "CHROMIUM names no program: $CHROMIUM"
        return 0
    fi
    if ! CHROMIUM="$(_installed_chromium)"; then
        CHROMIUM="$CHROMIUM_FOLDER/start"
        step chromium 2 "$CHROMIUM" _unpack_chromium
    fi
    export CHROMIUM
}

_installed_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

_unpack_chromium() {
    say "No Chromium on this machine (CHROMIUM=/path/to/chromium names one); taking Debian's"
    machine_unpack "$CHROMIUM_FOLDER" chromium fonts-dejavu-core fonts-liberation
    _write_fonts_conf
    _write_starter
    "$CHROMIUM" --version >/dev/null || die \
        "The unpacked Chromium does not run (see above)." \
        "Install one (apt-get install chromium), or name it: CHROMIUM=/path/to/chromium $0"
}

# _write_fonts_conf: the fonts of Odoo's pages and of code, as people have them.
_write_fonts_conf() {
    write_file "$CHROMIUM_FOLDER/fonts.conf" <<END
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
    <dir>/usr/share/fonts</dir>
    <dir prefix="relative">usr/share/fonts</dir>
    <cachedir prefix="xdg">fontconfig</cachedir>
    <alias binding="same">
        <family>Helvetica</family>
        <accept><family>Liberation Sans</family></accept>
    </alias>
    <alias>
        <family>sans-serif</family>
        <prefer><family>Liberation Sans</family></prefer>
    </alias>
    <alias>
        <family>monospace</family>
        <prefer><family>DejaVu Sans Mono</family></prefer>
    </alias>
</fontconfig>
END
}

# _write_starter: a program that finds its libraries wherever the folder lies.
_write_starter() {
    write_file "$CHROMIUM_FOLDER/start" <<'END'
#!/usr/bin/env bash
folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LD_LIBRARY_PATH="$(find "$folder" -path '*-linux-gnu*' -name '*.so*' -printf '%h\n' | sort -u | paste -s -d :)"
export LD_LIBRARY_PATH FONTCONFIG_FILE="$folder/fonts.conf"
exec "$folder/usr/lib/chromium/chromium" "$@"
END
    chmod +x "$CHROMIUM_FOLDER/start"
}
