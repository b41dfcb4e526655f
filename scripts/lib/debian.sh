# Debian packages without root: a private apt, and Debian 11 (bullseye, component
# main) from the mirror that the machine's own apt uses.

DEBIAN_SUITE=bullseye
DEBIAN_KEYRINGS=(/usr/share/keyrings/debian-archive-keyring.{gpg,pgp})
APT_WORK="$LOCAL/apt"

# debian_unpack FOLDER PACKAGE...: make FOLDER the unpacked packages of bullseye.
debian_unpack() {
    local folder="$1"
    shift
    _apt_begin
    _debian_find_mirror
    say "Downloading $# Debian packages"
    (cd "$APT_WORK/archives" && _debian_apt -q download "$@" >&2) || _apt_failed "$@"
    _apt_unpack "$folder"
}

# machine_unpack FOLDER PACKAGE...: the same for packages of the machine's own
# release, with everything they depend on that is not installed yet.
machine_unpack() {
    local folder="$1"
    shift
    _apt_begin
    say "Reading the package lists of this machine's apt sources"
    _private_apt -qq update >&2 || _apt_failed "$@"
    say "Downloading what is missing of: $*"
    _private_apt -qq --yes --no-install-recommends --download-only install "$@" >&2 ||
        _apt_failed "$@"
    _apt_unpack "$folder"
}

_apt_begin() {
    if ! have apt-get || ! have dpkg-deb; then
        die "apt-get and dpkg-deb, which fetch Debian packages, are not on this machine." \
            "Use a machine with Debian or a kin of it, or Docker: docker compose up"
    fi
    rm -rf "$APT_WORK"
    mkdir -p "$APT_WORK"/{lists,archives}/partial "$APT_WORK/prefix"
    : >"$APT_WORK/status"
}

_apt_failed() {
    die "Downloading Debian packages failed (see above): $*" \
        "Check the network, then run the command again."
}

# _apt_unpack FOLDER: make FOLDER the downloaded packages, in one move.
_apt_unpack() {
    local folder="$1" package
    for package in "$APT_WORK"/archives/*.deb; do
        dpkg-deb -x "$package" "$APT_WORK/prefix"
    done
    rm -rf "$folder"
    mv "$APT_WORK/prefix" "$folder"
    rm -rf "$APT_WORK"
}

# _private_apt ARGUMENT...: apt-get that writes nothing outside APT_WORK.
_private_apt() {
    apt-get \
        -o Dir::State::lists="$APT_WORK/lists" \
        -o Dir::Cache::archives="$APT_WORK/archives" \
        -o Dir::Cache::pkgcache= \
        -o Dir::Cache::srcpkgcache= \
        -o APT::Sandbox::User= \
        -o APT::Update::Error-Mode=any \
        -o Debug::NoLocking=1 \
        "$@"
}

# _debian_apt ARGUMENT...: one that sees bullseye only, and nothing as installed.
_debian_apt() {
    _private_apt \
        -o Dir::Etc::sourcelist="$APT_WORK/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::status="$APT_WORK/status" \
        "$@"
}

# _debian_find_mirror: point the private apt at the first mirror that has the suite.
_debian_find_mirror() {
    local mirror
    while read -r mirror; do
        say "Reading the package list of Debian $DEBIAN_SUITE"
        echo "deb $(_debian_signed_by) $mirror $DEBIAN_SUITE main" >"$APT_WORK/sources.list"
        if _debian_apt -qq update >"$APT_WORK/update.log" 2>&1; then
            return 0
        fi
        cat "$APT_WORK/update.log" >&2
    done < <(_debian_mirrors)
    die "None of this machine's apt sources serves Debian's suite $DEBIAN_SUITE, which has Odoo 14." \
        "Check the network. On a machine that is not Debian, name a mirror: DEBIAN_MIRROR=<url> $0" \
        "If the signature could not be verified: apt-get install debian-archive-keyring"
}

# _debian_mirrors: base URLs to try, in order, read by apt itself from all forms
# of its sources. Mirrors of security updates do not hold the suite.
_debian_mirrors() {
    if [[ -n "${DEBIAN_MIRROR:-}" ]]; then
        echo "$DEBIAN_MIRROR"
    fi
    # shellcheck disable=SC2016 # apt fills this in, not the shell
    apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' |
        grep -v -e '-security/*$' | awk '!seen[$0]++'
}

_debian_signed_by() {
    local keyring
    for keyring in "${DEBIAN_KEYRINGS[@]}"; do
        if [[ -r "$keyring" ]]; then
            echo "[signed-by=$keyring]"
            return 0
        fi
    done
}
