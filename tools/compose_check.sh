#!/usr/bin/env bash
# Run a project's compose.yaml for real, with Debian's Docker Engine on a socket of its own and no container registry:
# build what has a `build` section, bring it up, wait until it is healthy, ask each published port for its health.
#
#   tools/compose_check.sh PROJECT [HEALTH_PATH]
#
# Needs root on Debian; installs docker.io, docker-cli, docker-buildx, docker-compose, mmdebstrap and curl where they
# are missing. The engine leaves the machine's firewall and any other engine alone. python:3.13-slim is replaced by a
# stand-in of the same name (see image_check.sh), and nginx, Prometheus and Alertmanager by Debian's. State is kept in
# CHECK_CACHE and reused by the next run.
set -euo pipefail

project=$(readlink -f "${1:?which project?}")
health=${2:-/health}
here=$(dirname "$(readlink -f "$0")")
shared=${CHECK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/scaffolder-check}
cache=$shared/compose
export DOCKER_HOST=unix://$cache/docker.sock COMPOSE_PROJECT_NAME=composecheck

mkdir -p "$cache"
cd "$cache"
# shellcheck source=tools/check_common.sh
source "$here/check_common.sh"

start_engine() {
  cat >daemon.json <<JSON
{"data-root": "$cache/data", "exec-root": "$cache/exec", "pidfile": "$cache/docker.pid", "hosts": ["$DOCKER_HOST"],
 "bridge": "none", "iptables": false, "ip6tables": false, "ip-forward": false,
 "exec-opts": ["native.cgroupdriver=cgroupfs"], "storage-driver": "overlay2"}
JSON
  rm -f docker.pid
  dockerd --config-file daemon.json >dockerd.log 2>&1 &
  engine=$!
  trap stop_engine EXIT
  for _ in $(seq 100); do
    docker info >/dev/null 2>&1 && return
    kill -0 "$engine" 2>/dev/null || break
    sleep .2
  done
  tail -5 dockerd.log
  fail "the engine starts"
}

stop_engine() {
  docker compose --project-directory "$project" down --volumes -t 5 >/dev/null 2>&1 || true
  kill "$engine" 2>/dev/null || true
  wait "$engine" 2>/dev/null || true
}

import_base() {
  docker image inspect python:3.13-slim >/dev/null 2>&1 && return
  rm -rf rootfs
  mkdir rootfs
  tar -xf "$shared/base.tar" -C rootfs
  like_the_official_image rootfs
  tar -c -C rootfs . | docker import --change 'CMD ["python3"]' --change 'ENV LANG=C.UTF-8' \
    --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' - python:3.13-slim >/dev/null
  rm -rf rootfs
}

# Images of others, which no registry is asked for: the same programs from Debian, started as the official images start them.
stand_in() {
  local packages=$1
  shift
  {
    printf 'FROM python:3.13-slim\nRUN apt-get update -qq && apt-get install -y -qq --no-install-recommends %s\n' "$packages"
    printf '%s\n' "$@"
  } | docker build --network host -t "$image" - >"$cache/build.log" 2>&1 || { tail -20 "$cache/build.log"; fail "a stand-in for $image"; }
}

import_others() {
  local image
  for image in $(docker compose config --images); do
    docker image inspect "$image" >/dev/null 2>&1 && continue
    case $image in
      nginx:*) stand_in "nginx curl" ;;
      prom/prometheus:*)
        stand_in prometheus 'RUN install -d -o nobody -g nogroup /prometheus' 'ENTRYPOINT ["prometheus"]' ;;
      prom/alertmanager:*) stand_in prometheus-alertmanager 'ENTRYPOINT ["prometheus-alertmanager"]' ;;
    esac
  done
}

# One line for each service to build: image, context, Dockerfile.
services_to_build() {
  docker compose config --format json | python3 -c '
import json, sys
for name, service in json.load(sys.stdin)["services"].items():
    if build := service.get("build"):
        image = service.get("image", f"composecheck-{name}")
        print(image, build["context"], build.get("dockerfile", "Dockerfile"))'
}

# On the machine's own network: the way to the package index.
build() {
  local image context dockerfile
  while read -r image context dockerfile; do
    docker build --network host -t "$image" -f "$context/$dockerfile" "$context" >"$cache/build.log" 2>&1 ||
      { tail -20 "$cache/build.log"; fail "$image builds"; }
  done < <(services_to_build)
}

up() {
  docker compose up -d --no-build --wait --wait-timeout 90 2>"$cache/up.log" ||
    { docker compose ps -a; docker compose logs --tail 20; tail -5 "$cache/up.log"; fail "every service becomes healthy"; }
  docker compose ps -a --format '{{.Service}} {{.State}} {{.Health}}' | while read -r line; do pass "$line"; done
}

ask_published_ports() {
  local address answer
  for address in $(docker compose ps --format '{{.Ports}}' | grep -oE '127\.0\.0\.1:[0-9]+' | sort -u); do
    answer=$(curl -s -f -m 3 "http://$address$health" || curl -s -f -m 3 "http://$address/-/healthy") ||
      fail "GET $health or /-/healthy on $address answers 200"
    pass "GET http://$address$health -> $answer"
  done
  [ -n "${answer:-}" ] || fail "a port is published on 127.0.0.1"
}

# What compose.yaml promises, as the engine has it.
assert_hardened() {
  local container
  for container in $(docker compose ps -q); do
    docker inspect "$container" | python3 -c '
import json, sys
host = json.load(sys.stdin)[0]["HostConfig"]
wrong = [what for what, right in {
    "read-only root": host["ReadonlyRootfs"],
    "no capabilities": host["CapDrop"] == ["ALL"] and not host["CapAdd"],
    "no new privileges": any("no-new-privileges" in option for option in host["SecurityOpt"] or []),
    "memory limit": host["Memory"] > 0,
}.items() if not right]
sys.exit("FAIL  " + ", ".join(wrong) if wrong else 0)' || exit 1
  done
  pass "read-only, without capabilities or new privileges, memory limited"
}

install_packages docker.io docker-cli docker-buildx docker-compose mmdebstrap curl ca-certificates
timed "packages"
make_base_archive
start_engine
import_base
timed "engine and stand-in base image"
cd "$project"
import_others
build
timed "build"
up
ask_published_ports
assert_hardened
timed "run"
docker compose down --volumes -t 5 >/dev/null 2>&1
timed "stop and clean up"
echo "PASS  $(basename "$project")"
