# Shared by image_check.sh and compose_check.sh; sourced, not run.
# shellcheck shell=bash

started=$EPOCHREALTIME
pass() { echo "ok    $1"; }
fail() { echo "FAIL  $1" >&2; exit 1; }

# Seconds since the last call.
timed() {
  python3 -c 'import sys; print(f"time  {sys.argv[1]:32} {float(sys.argv[3]) - float(sys.argv[2]):6.1f} s")' \
    "$1" "$started" "$EPOCHREALTIME"
  started=$EPOCHREALTIME
}

install_packages() {
  local package missing=()
  [ "$(id -u)" = 0 ] || fail "this check needs root"
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ "${#missing[@]}" = 0 ] && return
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# base.tar: Debian trixie with Python 3.13, in place of python:3.13-slim. Made once.
make_base_archive() {
  [ -s "$shared/base.tar" ] && return
  mmdebstrap --quiet --format=tar --variant=minbase --components=main \
    --include=python3,python3-venv,python3-pip,ca-certificates \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' trixie "$shared/base.tar.part" 2>mmdebstrap.log || { tail mmdebstrap.log; exit 1; }
  mv "$shared/base.tar.part" "$shared/base.tar"
}

# As in the official image, python is in /usr/local/bin and no file forbids the use of pip. The container also trusts
# this machine's certificate authorities: its package index may need them.
like_the_official_image() {
  local root=$1 name
  rm -f "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
  for name in python python3 python3.13; do ln -sf /usr/bin/python3.13 "$root/usr/local/bin/$name"; done
  for name in pip pip3; do ln -sf /usr/bin/pip3 "$root/usr/local/bin/$name"; done
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
}
