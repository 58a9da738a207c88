#!/bin/sh
# Run nginx, and reload it when the deployer has changed the share of the canary, when its lease is over, or when a
# service has got another address. A file that nginx refuses changes nothing, and is tried once.
set -u
wanted=/state/nginx/split.conf
used=/tmp/split.conf
conf=${NGINX_CONF:-/etc/nginx/nginx.conf}

# The share that holds now: the deployer's, or none if it has not renewed its lease (a first line "# until SECONDS").
current() {
    until=$(sed -n '1s/^# until \([0-9][0-9]*\).*/\1/p' "$wanted" 2>/dev/null)
    if [ -r "$wanted" ] && [ "${until:-9999999999}" -gt "$(date +%s)" ]; then
        cat "$wanted"
    else
        echo 'split_clients "$asked_id" $slot { * champion; }'
    fi
}

addresses() {
    getent hosts champion canary | sort
}

current >"$used"
# shellcheck disable=SC2016  # $asked_id and $slot are nginx's
nginx -t -q -c "$conf" || echo 'split_clients "$asked_id" $slot { * champion; }' >"$used"
known=$(addresses)
nginx -c "$conf" -g 'daemon off;' &
nginx=$!
trap 'kill -QUIT "$nginx"; wait "$nginx"; exit 0' TERM INT QUIT

while kill -0 "$nginx" 2>/dev/null; do
    sleep 0.5 &
    wait $!
    now=$(addresses)
    current >"$used.new"
    cmp -s "$used.new" "$used.refused" && cp "$used" "$used.new"
    # Only the share counts: a renewed lease is no change.
    if [ "$(grep -v '^#' "$used.new")" != "$(grep -v '^#' "$used")" ] || [ "$now" != "$known" ]; then
        cp "$used" "$used.old"
        mv "$used.new" "$used"
        known=$now
        if nginx -t -q -c "$conf"; then
            nginx -s reload -c "$conf"
        else
            mv "$used" "$used.refused"
            mv "$used.old" "$used"
        fi
    fi
done
wait "$nginx"
