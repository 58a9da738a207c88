"""Dockerfiles: stages, continuations, here-documents, variables, and what holds in the final image."""

from __future__ import annotations

import pytest
from synthetic import GOOD, changed, facts, state

from scaffolder.check.items.dockerfile import Image
from scaffolder.check.readers.dockerfile import is_pinned, parse_dockerfile
from scaffolder.results.finding import State

STAGED = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.13
FROM --platform=linux/amd64 python:${VERSION}-slim AS build
COPY requirements.lock ./
RUN pip install \\
    # a comment between two lines

    -r requirements.lock
RUN <<EOF
FROM nowhere
USER root
EOF
FROM build AS middle
USER app
HEALTHCHECK --interval=10s CMD curl localhost
FROM middle
COPY --from=build /opt /opt
COPY ["src dir", "src/"]
ADD https://example.org/file.tar.gz /tmp/
"""


def test_bases_and_sources() -> None:
    parsed = parse_dockerfile(STAGED)
    assert parsed.bases == [(3, "python:3.13-slim")]
    assert parsed.sources == [(4, "requirements.lock"), (18, "src dir")]
    assert parsed.problems == []


def test_the_final_image_inherits_from_its_own_base_stages_alone() -> None:
    parsed = parse_dockerfile(STAGED)
    assert parsed.final["USER"] == (14, "app")
    assert parsed.final["HEALTHCHECK"] == (15, "CMD curl localhost")
    assert parse_dockerfile("FROM a:1 AS x\nUSER app\nFROM b:1\n").final["USER"] == (3, "root")


@pytest.mark.parametrize(
    ("user", "expected"),
    [("app", "app"), ("0:0", "0"), ("$WHO", "$WHO")],
)
def test_a_user_is_a_name_without_its_group(user: str, expected: str) -> None:
    assert parse_dockerfile(f"FROM a:1\nARG WHO=app\nUSER {user}\n").final["USER"] == (3, expected)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", (1, "no FROM")), ("FROM a:1\nRNU x\n", (2, "not an instruction: 'RNU x'")), ("{", (1, "no FROM"))],
)
def test_what_does_not_parse_is_a_problem_with_its_line(text: str, problem: tuple[int, str]) -> None:
    assert problem in parse_dockerfile(text).problems


@pytest.mark.parametrize(
    ("image", "pinned"),
    [
        ("python:3.13-slim", True),
        ("registry.example:5000/python:3.13", True),
        ("python@sha256:" + "a" * 64, True),
        ("python@sha256:abc", False),
        ("registry.example:5000/python", False),
        ("python:slim", False),
        ("python:$VERSION", False),
    ],
)
def test_a_pinned_image_has_a_version_or_a_digest(image: str, pinned: bool) -> None:
    assert is_pinned(image) is pinned


def test_a_model_that_the_target_of_the_image_makes_first_need_not_be_committed() -> None:
    files = {path: text for path, text in GOOD.items() if path != "artifacts/model.onnx"}
    assert "artifacts/model.onnx is copied" in facts(Image, files)
    files[".gitignore"] += "artifacts/model.onnx\n"
    files["Makefile"] = files["Makefile"].replace("image:", "image: artifacts/model.onnx")
    files["Makefile"] += "\nartifacts/model.onnx:\n\tpython -m churn train\n"
    assert state(Image, files) is State.DONE


def test_a_nonroot_base_needs_no_user_and_compose_may_check_the_health() -> None:
    image = GOOD["Dockerfile"].replace("python:3.13-slim", "x/python3:1-nonroot").replace("USER 10001:10001\n", "")
    assert state(Image, {**GOOD, "Dockerfile": image}) is State.DONE
    bare = changed("Dockerfile", "HEALTHCHECK CMD", "CMD")
    assert state(Image, bare) is State.MISSING
    bare["compose.yaml"] += "    healthcheck:\n      test: curl localhost\n"
    assert state(Image, bare) is State.DONE
