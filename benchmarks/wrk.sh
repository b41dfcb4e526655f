# The load generator wrk, from Debian's packages, unpacked without root.

WRK_PREFIX="$LOCAL/wrk"
WRK_PACKAGES=(wrk libluajit-5.1-2 libssl1.1)

# prepare_wrk: set WRK to a program.
prepare_wrk() {
    local folder
    export WRK=wrk
    have wrk && return
    step wrk "${WRK_PACKAGES[*]}" "$WRK_PREFIX/usr/bin/wrk" _unpack_wrk
    WRK="$WRK_PREFIX/usr/bin/wrk"
    for folder in "$WRK_PREFIX"/usr/lib/*-linux-gnu*; do
        export WRK_LIBRARIES="$folder"
    done
}

_unpack_wrk() {
    debian_unpack "$WRK_PREFIX" "${WRK_PACKAGES[@]}"
}
