#!/usr/bin/env bash
# Build a project's Dockerfile for real, without a container engine and without a container registry, then run the
# image's own command in a network of its own, ask it for its health, and stop it.
#
#   tools/image_check.sh PROJECT [PORT] [HEALTH_PATH] [HOST]
#
# With HOST, the page must also be answered under that name, as behind a host's proxy; its headers are shown.
#
# Needs root on Debian; installs buildah, netavark, crun, mmdebstrap, curl and iproute2 where they are missing.
# The base image python:3.13-slim is replaced by a stand-in of the same name, made of Debian packages (Debian trixie,
# Python 3.13), since no registry is asked for anything. State is kept in CHECK_CACHE and reused by the next run.
set -euo pipefail

project=$(readlink -f "${1:?which project?}")
port=${2:-8000}
health=${3:-/health}
host=${4:-}
here=$(dirname "$(readlink -f "$0")")
shared=${CHECK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/scaffolder-check}
cache=$shared/image
image=localhost/image-check:$(echo "$project" | sha1sum | cut -c1-8)
base=docker.io/library/python:3.13-slim

mkdir -p "$cache"
cd "$cache"
# shellcheck source=tools/check_common.sh
source "$here/check_common.sh"

# Nothing of the machine's own container configuration or storage is read or written. Debian's default asks for more
# open files than a container without CAP_SYS_RESOURCE may have, so the present limits are kept.
export BUILDAH_ISOLATION=chroot CONTAINERS_REGISTRIES_CONF=$cache/registries.conf CONTAINERS_CONF=$cache/containers.conf
printf 'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "permissive"\n' >registries.conf
printf '[containers]\ndefault_ulimits = ["nofile=%s:%s", "nproc=%s:%s"]\n' \
  "$(ulimit -Hn)" "$(ulimit -Hn)" "$(ulimit -Hu)" "$(ulimit -Hu)" >containers.conf

buildah_() { buildah --root "$cache/store" --runroot "$cache/run" --storage-driver overlay "$@"; }

import_base() {
  buildah_ images -q "$base" 2>/dev/null | grep -q . && return
  local container mount
  container=$(buildah_ from scratch)
  mount=$(buildah_ mount "$container")
  tar -xf "$shared/base.tar" -C "$mount"
  like_the_official_image "$mount"
  buildah_ umount "$container" >/dev/null
  buildah_ config --cmd python3 --env PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin \
    --env LANG=C.UTF-8 --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt "$container"
  buildah_ commit -q "$container" "$base" >/dev/null
  buildah_ rm "$container" >/dev/null
}

build() {
  buildah_ build --isolation chroot --network host --pull=never --layers=false --format docker \
    -f "$project/Dockerfile" -t "$image" "$project" >build.log 2>&1 || { tail -30 build.log; fail "the image builds"; }
}

# The image's configuration into command.txt and healthcheck.txt, one word a line.
inspect() {
  buildah_ inspect --type image "$image" | python3 -c '
import json, sys
config = json.load(sys.stdin)["Docker"]["config"]
command = (config.get("Entrypoint") or []) + (config.get("Cmd") or [])
health = (config.get("Healthcheck") or {}).get("Test") or []
open("command.txt", "w").write("\n".join(command))
open("healthcheck.txt", "w").write("\n".join(health[1:]))
wrong = [what for what, right in {
    "USER is not root": config.get("User", "").split(":")[0] not in ("", "0", "root"),
    "HEALTHCHECK is there, in exec form": health[:1] == ["CMD"],
    "CMD is in exec form": bool(command) and command[:2] != ["/bin/sh", "-c"],
}.items() if not right]
sys.exit("FAIL  " + "; ".join(wrong) if wrong else 0)'
}

# Run something in the container, inside the network namespace that `start` made.
in_container() { nsenter -t "$namespace" -n buildah --root "$cache/store" --runroot "$cache/run" \
  --storage-driver overlay run --isolation chroot --network host "$container" -- "$@"; }

start() {
  mapfile -t command <command.txt
  container=$(buildah_ from --pull=never "$image")
  rm -f namespace.pid
  # `exec` keeps the process id, so that the id written here names the namespace until the server is gone.
  unshare --net bash -c 'ip link set lo up; echo $$ >namespace.pid; exec "$@"' _ \
    buildah --root "$cache/store" --runroot "$cache/run" --storage-driver overlay \
    run --isolation chroot --network host "$container" -- "${command[@]}" >run.log 2>&1 &
  for _ in $(seq 50); do [ -s namespace.pid ] && break; sleep .1; done
  namespace=$(cat namespace.pid)
  trap 'stop KILL' EXIT
}

wait_until_healthy() {
  local code=000
  for _ in $(seq 120); do
    code=$(nsenter -t "$namespace" -n curl -s -m 2 -o health.json -w '%{http_code}' "http://127.0.0.1:$port$health" || true)
    [ "$code" = 200 ] && break
    kill -0 "$namespace" 2>/dev/null || break
    sleep .5
  done
  [ "$code" = 200 ] || { tail -20 run.log; fail "GET $health answers 200 (got $code)"; }
  pass "GET $health -> 200 $(cat health.json)"
}

ask_under_its_name() {
  [ -n "$host" ] || return 0
  nsenter -t "$namespace" -n curl -sf -m 5 -D headers.txt -o page.html -H "Host: $host" "http://127.0.0.1:$port/" ||
    { cat headers.txt; fail "GET / is answered for $host"; }
  cat headers.txt
  pass "GET / for $host -> $(wc -c <page.html) bytes"
}

# Signal the processes of the container's own network namespace: with TERM the server alone, with KILL all.
stop() {
  local inode process
  inode=$(readlink "/proc/$namespace/ns/net" || echo none)
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/ns/net" 2>/dev/null)" = "$inode" ] || continue
    case "$(readlink "$process/exe" 2>/dev/null)" in
      */python*) ;;
      *) [ "$1" = KILL ] || continue ;;
    esac
    kill "-$1" "${process#/proc/}" 2>/dev/null || true
  done
}

stop_gracefully() {
  stop TERM
  for _ in $(seq 50); do kill -0 "$namespace" 2>/dev/null || break; sleep .2; done
  kill -0 "$namespace" 2>/dev/null && fail "the server stops within 10 s of SIGTERM"
  trap - EXIT
  grep -q 'Finished server process' run.log || { tail -5 run.log; fail "the server ends in good order"; }
  pass "SIGTERM -> finished server process"
  buildah_ rm "$container" >/dev/null
}

install_packages buildah netavark crun mmdebstrap curl iproute2 ca-certificates
timed "packages"
make_base_archive
import_base
timed "stand-in base image (cached)"
build
timed "build"
inspect || exit 1
pass "runs as a user, has a health check, starts without a shell"
start
wait_until_healthy
ask_under_its_name
mapfile -t healthcheck <healthcheck.txt
in_container "${healthcheck[@]}" || fail "the image's HEALTHCHECK succeeds"
user=$(in_container id -u)
[ "$user" != 0 ] || fail "the process is not root"
pass "HEALTHCHECK succeeds; user id $user"
timed "run"
stop_gracefully
echo "size  $(buildah_ images --format '{{.Size}}' "$image")"
buildah_ rmi -f "$image" >/dev/null
timed "stop and clean up"
echo "PASS  $(basename "$project")"
