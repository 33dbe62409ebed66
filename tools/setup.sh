# Sourced by ./run: makes everything that a command needs, and skips what is already made.
# A step runs again only when what it depends on has changed (a stamp keeps the checksum), so
# that a second call costs well under a second. POSIX sh; variables are global, hence prefixed.
# shellcheck shell=sh

setup_logs=instance/logs
setup_stamps=.venv/stamps
setup_locked=

# say WORDS: what is being done, on the error channel (the output belongs to the command).
say() { printf '%s\n' "$*" >&2; }

# stop SENTENCE: one sentence that says what to do, and the end.
stop() {
    say "./run: $*"
    exit 1
}

# checksum FILE…: one word that changes when a file does.
checksum() { cat "$@" | cksum | tr ' ' -; }

# one_at_a_time: waits until no other ./run of this folder is setting up. Python's flock on the
# shell's own descriptor 9 holds until the shell closes it, on every system that Python knows.
one_at_a_time() {
    [ -n "$setup_locked" ] && return 0
    mkdir -p instance
    exec 9>>instance/setup.lock
    "$setup_python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' ||
        stop "lock instance/setup.lock cannot be taken: copy the project to a local disk."
    setup_locked=yes
}

# step NAME CHECKSUM MADE ADVICE: runs set_up_NAME unless MADE exists with this checksum.
step() {
    step_is_done "$1" "$2" "$3" && return 0
    one_at_a_time
    step_is_done "$1" "$2" "$3" && return 0
    mkdir -p "$setup_logs"
    say "· set-up: $1"
    if ! "set_up_$1" >"$setup_logs/$1.log" 2>&1 </dev/null 9>&-; then
        [ -z "${CI:-}" ] || cat "$setup_logs/$1.log" >&2
        stop "$4 (All it said is in $setup_logs/$1.log.)"
    fi
    mkdir -p "$setup_stamps"
    printf '%s\n' "$2" >"$setup_stamps/$1"
}

step_is_done() {
    [ -e "$3" ] && [ -r "$setup_stamps/$1" ] && read -r setup_stamp <"$setup_stamps/$1" &&
        [ "$setup_stamp" = "$2" ]
}

# --- Python -------------------------------------------------------------------------------------

find_python() {
    for setup_python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        "$setup_python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return 0
    done
    stop "install Python 3.11 or newer (Debian and Ubuntu: apt-get install python3)."
}

# A folder that somebody made by hand is adopted when it is whole: a python in it that is not a
# virtual environment's own would install into the machine's.
set_up_venv() {
    .venv/bin/python -c 'import pip, sys; sys.exit(sys.prefix == sys.base_prefix)' && return 0
    rm -rf .venv && "$setup_python" -m venv .venv
}

# uv is five times faster than pip; where it cannot be had or cannot run, pip does the same work.
set_up_uv() {
    .venv/bin/python -m pip install --require-hashes -r tools/uv.txt || echo "pip will do."
}

install_locked() {
    UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --python .venv/bin/python --require-hashes -r "$1" ||
        .venv/bin/python -m pip install --require-hashes -r "$1"
}

set_up_packages() { install_locked requirements.txt; }
set_up_tools() { install_locked requirements-dev.txt; }
set_up_node() { install_locked tools/node.txt; }

setup_network="make https://pypi.org reachable, or set PIP_INDEX_URL and UV_INDEX_URL to your mirror: \
the Python packages could not be installed."

python_is_ready() {
    step_is_done venv 1 .venv/bin/python || {
        find_python
        step venv 1 .venv/bin/python \
            "install the venv module of Python (Debian and Ubuntu: apt-get install python3-venv)."
    }
    setup_python=.venv/bin/python
    step uv "$(checksum tools/uv.txt)" .venv/bin/python "mend .venv: delete the folder and try again."
}

# --- The parts that commands ask for --------------------------------------------------------------

packages_are_ready() {
    python_is_ready
    # The lock of the tools holds the run-time packages too, at the same versions.
    step_is_done tools "$(checksum requirements-dev.txt)" .venv/bin/pytest ||
        step packages "$(checksum requirements.txt)" .venv/bin/flask "$setup_network"
}

tools_are_ready() {
    python_is_ready
    step tools "$(checksum requirements-dev.txt)" .venv/bin/pytest "$setup_network"
}

find_node() {
    setup_node_is_new='process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'
    if command -v npm >/dev/null && node -e "$setup_node_is_new" 2>/dev/null; then return 0; fi
    step node "$(checksum tools/node.txt)" .venv/bin/npm "$setup_network"
    PATH="$PWD/.venv/bin:$PATH"
}

set_up_npm() { npm ci --ignore-scripts --no-audit --no-fund; }
set_up_assets() { npm run --silent build; }
# --use-fuzzy: a catalogue without a header (no dates in it, so no churn) counts as unsure.
set_up_translations() { .venv/bin/pybabel compile --use-fuzzy --directory app/translations; }

asset_sources() { find package.json package-lock.json app/web/assets -type f | LC_ALL=C sort; }
catalogues() { find app -name '*.po' | LC_ALL=C sort; }

# site_is_ready: style sheets, scripts, fonts and translations are built.
site_is_ready() {
    # shellcheck disable=SC2046  # our own file names hold no space
    setup_sum=$(checksum $(asset_sources))
    if ! step_is_done assets "$setup_sum" app/web/static; then
        find_node
        step npm "$(checksum package-lock.json)" node_modules \
            "make https://registry.npmjs.org reachable, or set npm_config_registry to your mirror: \
the style sheets could not be fetched."
        step assets "$setup_sum" app/web/static "mend app/web/assets: the style sheets do not build."
    fi
    setup_catalogues=$(catalogues)
    [ -z "$setup_catalogues" ] && return 0
    # shellcheck disable=SC2086
    step translations "$(checksum $setup_catalogues)" app/translations/en/LC_MESSAGES/messages.mo \
        "mend app/translations: the English catalogue does not compile."
}

# set_up_is_over: lets the next ./run set up.
set_up_is_over() {
    [ -z "$setup_locked" ] || exec 9>&-
    setup_locked=
}

# --- Chromium, for the tests ----------------------------------------------------------------------

chromium_on_path() {
    for setup_browser in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$setup_browser" && return 0
    done
    return 1
}

set_up_chromium() {
    if [ "$(id -u)" = 0 ] && command -v apt-get; then
        apt-get update && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends chromium && return 0
    fi
    .venv/bin/playwright install chromium
}

# browser_is_ready: exports CHROMIUM, the program that the browser tests drive.
browser_is_ready() {
    [ -n "${CHROMIUM:-}" ] || CHROMIUM=$(chromium_on_path) || {
        step chromium 1 .venv/bin/playwright "install Chromium (Debian and Ubuntu: apt-get install \
chromium), or set CHROMIUM to the path of a Chrome."
        CHROMIUM=$(chromium_on_path) || CHROMIUM=$(.venv/bin/python -c '
from playwright.sync_api import sync_playwright as start
with start() as playwright: print(playwright.chromium.executable_path)')
    }
    "$CHROMIUM" --version >/dev/null 2>&1 ||
        stop "set CHROMIUM to a Chrome that starts: $CHROMIUM does not."
    export CHROMIUM
    set_up_is_over
}
