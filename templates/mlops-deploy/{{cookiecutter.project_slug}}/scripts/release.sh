#!/bin/sh
# Move the tag `production` of an image in its registry, and keep the one before as `previous`; nothing is built or pulled.
#   sh scripts/release.sh release IMAGE DIGEST
#   sh scripts/release.sh rollback IMAGE
set -eu
action=${1:?release or rollback?}
image=${2:?which image?}

there() {
    docker buildx imagetools inspect "$1" >/dev/null 2>&1
}

tag() {
    docker buildx imagetools create --tag "$image:$1" "$2"
}

case $action in
    release)
        digest=${3:?which digest?}
        if there "$image:production"; then
            tag previous "$image:production"
        fi
        tag production "$image@$digest"
        echo "production is $digest"
        ;;
    rollback)
        there "$image:previous" || { echo "There is no $image:previous to go back to." >&2; exit 1; }
        tag production "$image:previous"
        echo "production is what previous was"
        ;;
    *)
        echo "Say release or rollback, not $action." >&2
        exit 2
        ;;
esac
