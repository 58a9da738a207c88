#!/bin/sh
# Make space/, a folder to push as a Docker Space of Hugging Face: `make space`; docs/deploy.md says how to push it.
set -eu
{% set prefix = cookiecutter._scaffolder.package|upper %}

# A new version replaces all but space/.git, so that it can be committed and pushed again.
mkdir -p space
find space -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +
tar -cf - --exclude=__pycache__ .dockerignore LICENSE requirements.lock src {% block shipped required %}{% endblock %} | tar -xf - -C space

# The project's own image, but run by the user that Spaces have, answering to a Space's address, and allowed in the frame
# in which huggingface.co shows it.
sed -e 's/10001:10001/1000:1000/g' -e 's/ 10001/ 1000/g' Dockerfile >space/Dockerfile
cat >>space/Dockerfile <<'END'

ENV {{ prefix }}_ALLOWED_HOSTS=*.hf.space \
    {{ prefix }}_FRAME_ANCESTORS=https://huggingface.co
END

# The first sentence is that of README.md, which may have changed since the project was made.
summary=$(sed -n '/^<!-- data:summary -->$/,/^<!-- \/data:summary -->$/p' README.md | sed '/^<!--/d')

# What these keys mean: https://huggingface.co/docs/hub/spaces-config-reference
cat >space/README.md <<END
---
title: "{{ cookiecutter.project_name }}"
emoji: 🔎
colorFrom: blue
colorTo: gray
sdk: docker
app_port: 8000
pinned: false
license: mit
---

{% raw %}${summary:-{% endraw %}{{ cookiecutter.description }}}

The code, the measurements and their limits: <https://github.com/{{ cookiecutter.github_owner }}/{{ cookiecutter.project_slug }}>
END

echo 'space/ is ready to be pushed: docs/deploy.md says how'
