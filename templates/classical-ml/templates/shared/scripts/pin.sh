#!/bin/sh
# Write the digest of each image behind its tag, as in python:3.13-slim@sha256:...: `make pin`. Then each build takes exactly
# that image, until .github/dependabot.yml proposes a newer one, with its digest.
set -eu
command -v docker >/dev/null || {
    echo 'make pin needs Docker (https://docs.docker.com/get-started/get-docker/)' >&2
    exit 3
}
for file in Dockerfile */Dockerfile compose.yaml; do
    test -f "$file" || continue
    sed -nE 's/^(FROM| +image:) +([^ @]+)( .*)?$/\2/p' "$file" | grep -v ':local$' | sort -u >.images || true
    while read -r image; do
        digest=$(docker buildx imagetools inspect "$image" --format '{% raw %}{{.Manifest.Digest}}{% endraw %}')
        sed -E "s|^(FROM\| +image:) +$image( .*)?\$|\1 $image@$digest\2|" "$file" >.pinned
        cat .pinned >"$file"
        echo "$file: $image@$digest"
    done <.images
done
rm -f .images .pinned
