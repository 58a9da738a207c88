#!/bin/sh
# Ask a running service whether it does its work: sh scripts/smoke.sh http://127.0.0.1:8000. Ends with 1 if it does not.
# Without an address, it asks the router at ROUTER_PORT, which may stand in .env.
# It asks for its health, its version and one prediction, with the example that GET /model gives for each input.
set -eu
written=$(sed -n 's/^ROUTER_PORT=[^0-9]*\([0-9]*\).*/\1/p' .env 2>/dev/null | tail -n 1)
port=${ROUTER_PORT:-$written}
base=${1:-http://127.0.0.1:${port:-8000}}

ask() {
    path=$1
    shift
    curl --fail --silent --show-error --max-time 10 "$@" "$base$path" || { echo "FAIL  $base$path" >&2; exit 1; }
}

ask /health >/dev/null
echo "ok    $base/health"
ask /model >"${TMPDIR:-/tmp}/smoke.$$"
trap 'rm -f "${TMPDIR:-/tmp}/smoke.$$"' EXIT
python3 - "${TMPDIR:-/tmp}/smoke.$$" <<'END' >"${TMPDIR:-/tmp}/smoke.$$.row"
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    model = json.load(file)
print(json.dumps({each["name"]: each["example"] for each in model["manifest"]["inputs"]}))
print("ok    version", model["version"], file=sys.stderr)
END
trap 'rm -f "${TMPDIR:-/tmp}/smoke.$$" "${TMPDIR:-/tmp}/smoke.$$.row"' EXIT
answer=$(ask /predict --header 'content-type: application/json' --data @"${TMPDIR:-/tmp}/smoke.$$.row")
case $answer in
    *'"probability"'*) echo "ok    $answer" ;;
    *) echo "FAIL  no probability in: $answer" >&2; exit 1 ;;
esac
