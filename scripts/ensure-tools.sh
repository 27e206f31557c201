#!/usr/bin/env bash
# Makes sure that the programs Rendez needs are on this machine, and says what is missing and why before it installs anything.
#
#     scripts/ensure-tools.sh run|test|bench
#
# Silent and quick when everything is there. On Debian and Ubuntu it installs with apt (through sudo when not root); on other
# systems it prints the one command to type and stops.
set -euo pipefail

readonly OLDEST_POSTGRES=15
readonly PURPOSE="${1:-run}"

# The rules of accessibility that the browser tests apply to every page. Not part of Rendez, and not kept in its tree.
readonly AXE_VERSION=4.10.3
readonly AXE_DIGEST=0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292
AXE="$(dirname "${BASH_SOURCE[0]}")/../target/tools/axe-$AXE_VERSION.min.js"
readonly AXE

missing=()

# --- what is there -------------------------------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }

has_c_compiler() {
    has cc && printf '#include <stdio.h>\n' | cc -E -x c - >/dev/null 2>&1
}

# The folders that the server searches too, best first.
postgres_folders() {
    if has pg_config; then pg_config --bindir; fi
    if has postgres; then dirname "$(command -v postgres)"; fi
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/local/pgsql/bin
}

# The major version of the `postgres` in a folder; nothing when there is none.
postgres_major() {
    [ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 0
    "$1/postgres" --version | sed -nE 's/.* ([0-9]+)[.a-z0-9]*.*/\1/p'
}

has_postgres() {
    local folder major
    while IFS= read -r folder; do
        major="$(postgres_major "$folder")"
        if [ -n "$major" ] && [ "$major" -ge "$OLDEST_POSTGRES" ]; then return 0; fi
    done < <(postgres_folders)
    return 1
}

has_pgbench() { has pgbench || compgen -G '/usr/lib/postgresql/*/bin/pgbench' >/dev/null; }

has_browser() { has chromium || has chromium-browser || has google-chrome; }

require_rust() {
    if ! has cargo; then
        echo "Rendez is built with Rust: install it first (rustup.rs tells how), then try again." >&2
        exit 1
    fi
}

# Adds to `missing`: a word for the thing, and why it is needed.
look_around() {
    has_c_compiler || missing+=("compiler:a C compiler and the C library's headers, for the cryptography that is compiled in")
    has_postgres || missing+=("postgres:the PostgreSQL server programs, $OLDEST_POSTGRES or newer: Rendez runs a private database of its own with them")
    if [ "$PURPOSE" != run ]; then
        has_browser || missing+=("browser:Chromium, because the pages are tested and measured in a real browser")
        has chromedriver || missing+=("driver:chromedriver, which moves that browser")
    fi
    if [ "$PURPOSE" = test ]; then
        [ -e "$AXE" ] || has npm || missing+=("npm:npm, which fetches axe-core, the rules that pages are judged by")
    fi
    if [ "$PURPOSE" = bench ]; then
        has_pgbench || missing+=("pgbench:pgbench, which measures the raw ceiling that our figures are compared with")
    fi
}

# --- Debian and Ubuntu ---------------------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has sudo; then
        sudo "$@"
    else
        echo "This needs root, and there is no sudo. As root, type:  $*" >&2
        exit 1
    fi
}

apt_knows() { [ -n "$(apt-cache search --names-only "^$1\$")" ]; }

# The versioned server package. The unversioned one would do as well, but hides which version comes.
apt_postgres() {
    local major
    major="$(apt-cache depends postgresql 2>/dev/null | sed -nE 's/.*Depends: postgresql-([0-9]+)$/\1/p' | head -n 1)"
    if [ -z "$major" ] || [ "$major" -lt "$OLDEST_POSTGRES" ]; then
        echo "This release of the system has PostgreSQL ${major:-none}; Rendez needs $OLDEST_POSTGRES or newer." >&2
        echo "Add the PostgreSQL project's own package source (see its download page), install postgresql-$OLDEST_POSTGRES or newer, then try again." >&2
        exit 1
    fi
    echo "postgresql-$major"
}

# Ubuntu names the browser differently.
apt_browser() { if apt_knows chromium-driver; then echo chromium; else echo chromium-browser; fi; }
apt_driver() { if apt_knows chromium-driver; then echo chromium-driver; else echo chromium-chromedriver; fi; }

apt_packages() {
    local entry
    for entry in "${missing[@]}"; do
        case "${entry%%:*}" in
            compiler) printf '%s\n' gcc libc6-dev ;;
            postgres | pgbench) apt_postgres ;;
            # Without any font the browser shows no text.
            browser) printf '%s\n' "$(apt_browser)" fonts-liberation ;;
            driver) apt_driver ;;
            npm) echo npm ;;
        esac
    done | sort -u
}

apt_install() {
    local text packages
    as_root apt-get update -q
    text="$(apt_packages)"
    mapfile -t packages <<<"$text"
    echo "Installing: ${packages[*]}"
    keep_debian_from_starting_a_cluster
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}"
}

# Debian's package makes a cluster of its own and starts it as a service. Rendez does not use it, so for the time of the
# installation we ask it not to; the setting is taken away again, because it is not ours to leave behind.
readonly CLUSTER_SETTING=/etc/postgresql-common/createcluster.d/rendez.conf
keep_debian_from_starting_a_cluster() {
    [ -e "$CLUSTER_SETTING" ] && return 0
    trap 'as_root rm -f "$CLUSTER_SETTING"' EXIT
    as_root mkdir -p "$(dirname "$CLUSTER_SETTING")"
    echo 'create_main_cluster = false' | as_root tee "$CLUSTER_SETTING" >/dev/null
}

# --- other systems -------------------------------------------------------------------------------------------------

# The command that installs everything a purpose needs; naming what is already there does no harm.
command_elsewhere() {
    local test_tools=""
    if has brew; then
        [ "$PURPOSE" != run ] && test_tools=" && brew install --cask chromium chromedriver"
        echo "brew install postgresql@17$test_tools"
    elif has dnf; then
        [ "$PURPOSE" != run ] && test_tools=" chromium chromedriver"
        echo "sudo dnf install gcc glibc-devel postgresql-server postgresql-contrib$test_tools"
    elif has pacman; then
        [ "$PURPOSE" != run ] && test_tools=" chromium"
        echo "sudo pacman -S --needed gcc postgresql$test_tools"
    elif has zypper; then
        [ "$PURPOSE" != run ] && test_tools=" chromium chromedriver"
        echo "sudo zypper install gcc postgresql-server postgresql-contrib$test_tools"
    fi
}

tell_the_command() {
    local command
    command="$(command_elsewhere)"
    if [ -n "$command" ]; then
        printf 'Type this, then try again:\n\n    %s\n\n' "$command" >&2
    else
        echo "Install these with your system's package manager, then try again." >&2
    fi
    exit 1
}

# --------------------------------------------------------------------------------------------------------------------

main() {
    case "$PURPOSE" in
        run | test | bench) ;;
        *) echo "usage: $0 run|test|bench" >&2; exit 2 ;;
    esac
    require_rust
    look_around
    if [ ${#missing[@]} -gt 0 ]; then install_what_is_missing; fi
    if [ "$PURPOSE" = test ] && [ ! -e "$AXE" ]; then fetch_axe; fi
}

# Only a package of the known content is taken.
fetch_axe() {
    local folder
    folder="$(mktemp -d)"
    (
        cd "$folder"
        npm pack --silent "axe-core@$AXE_VERSION" >/dev/null
        echo "$AXE_DIGEST  axe-core-$AXE_VERSION.tgz" | sha256sum --check --status || {
            echo "axe-core $AXE_VERSION is not what it was: its digest differs." >&2
            exit 1
        }
        tar -xzf "axe-core-$AXE_VERSION.tgz" package/axe.min.js
    )
    mkdir -p "$(dirname "$AXE")"
    mv "$folder/package/axe.min.js" "$AXE"
    rm -r "$folder"
}

install_what_is_missing() {
    echo "Rendez needs a few things that this machine lacks:"
    printf '  - %s\n' "${missing[@]#*:}"
    if has apt-get; then apt_install; else tell_the_command; fi
    missing=()
    look_around
    if [ ${#missing[@]} -gt 0 ]; then
        echo "Still missing after the installation:" >&2
        printf '  - %s\n' "${missing[@]#*:}" >&2
        exit 1
    fi
}

main
