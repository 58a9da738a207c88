#!/bin/sh
# Move the tag `production` of an image in its registry, and keep the one before as `previous`; nothing is built or pulled.
#   sh scripts/release.sh release IMAGE DIGEST
#   sh scripts/release.sh rollback IMAGE
set -eu
action=${1:?release or rollback?}
image=${2:?which image?}

# The digest that a tag has now; nothing if there is no such tag.
digest_of() {
    docker buildx imagetools inspect "$image:$1" --format '{% raw %}{{.Manifest.Digest}}{% endraw %}' 2>/dev/null || true
}

# The tag names exactly this digest, and no new index around it.
tag() {
    docker buildx imagetools create --prefer-index=false --tag "$image:$1" "$image@$2"
}

production=$(digest_of production)
case $action in
    release)
        digest=${3:?which digest?}
        if [ "$production" = "$digest" ]; then
            echo "production is $digest already"
            exit 0
        fi
        if [ -n "$production" ]; then
            tag previous "$production"
        fi
        tag production "$digest"
        echo "production is $digest"
        ;;
    rollback)
        previous=$(digest_of previous)
        test -n "$previous" || { echo "There is no $image:previous to go back to." >&2; exit 1; }
        tag production "$previous"
        echo "production is $previous"
        ;;
    *)
        echo "Say release or rollback, not $action." >&2
        exit 2
        ;;
esac
