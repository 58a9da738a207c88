"""Dockerfiles: stages, continuations, here-documents, variables, and what holds in the final image."""

from __future__ import annotations

import pytest

from scaffolder.check.readers.dockerfile import Dockerfile, is_pinned, parse_dockerfile

STAGED = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.13
FROM --platform=linux/amd64 python:${VERSION}-slim AS build
COPY requirements.lock pyproject.toml ./
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


def test_stages_know_their_base_name_and_line() -> None:
    parsed = parse_dockerfile(STAGED)
    assert [(stage.base, stage.name, stage.line) for stage in parsed.stages] == [
        ("python:3.13-slim", "build", 3),
        ("build", "middle", 13),
        ("middle", "", 16),
    ]
    assert parsed.problems == ()


def test_only_images_from_elsewhere_are_bases() -> None:
    assert parse_dockerfile(STAGED).bases == ((3, "python:3.13-slim"),)


def test_sources_are_what_is_copied_from_the_repository() -> None:
    assert parse_dockerfile(STAGED).sources == ((4, "requirements.lock"), (4, "pyproject.toml"), (18, "src dir"))


def test_the_final_image_inherits_user_and_healthcheck_from_its_base_stages() -> None:
    parsed = parse_dockerfile(STAGED)
    assert parsed.user == (14, "app")
    assert parsed.last("HEALTHCHECK").line == 15  # type: ignore[union-attr]


def test_a_stage_that_is_not_part_of_the_final_image_says_nothing_about_it() -> None:
    assert parse_dockerfile("FROM a:1 AS x\nUSER app\nFROM b:1\n").user == (3, "root")


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("app", "app"),
        ("0:0", "0"),
        ("10001:10001", "10001"),
        ("$WHO", "app"),
        ("${WHO}:x", "app"),
        ("$NOBODY", "$NOBODY"),
    ],
)
def test_a_user_is_a_name_without_its_group(user: str, expected: str) -> None:
    assert parse_dockerfile(f"FROM a:1\nARG WHO=app\nUSER {user}\n").user == (3, expected)


def test_a_nonroot_base_needs_no_user() -> None:
    assert parse_dockerfile("FROM gcr.io/distroless/python3-debian12:nonroot\n").user == (1, "nonroot")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", (1, "no FROM")),
        ("RUN x\nFROM a:1\n", (1, "RUN before the first FROM")),
        ("FROM a:1\nRNU x\n", (2, "not an instruction: 'RNU x'")),
        ("FROM a:1 b c d\n", (1, "FROM is not followed by an image and at most `AS name`")),
        ("FROM a:1\nRUN <<EOF\nx\n", (2, "the here-document EOF does not end")),
        ("FROM a:1\nUSER\n", (2, "USER without a value")),
    ],
)
def test_what_does_not_parse_is_a_problem_with_its_line(text: str, problem: tuple[int, str]) -> None:
    assert problem in parse_dockerfile(text).problems


@pytest.mark.parametrize(
    ("image", "pinned"),
    [
        ("python:3.13-slim", True),
        ("registry.example:5000/python:3.13", True),
        ("python@sha256:" + "a" * 64, True),
        ("python:3.13@sha256:" + "a" * 64, True),
        ("python@sha256:abc", False),
        ("python", False),
        ("registry.example:5000/python", False),
        ("python:latest", False),
        ("python:slim", False),
        ("python:$VERSION", False),
    ],
)
def test_a_pinned_image_has_a_version_or_a_digest(image: str, pinned: bool) -> None:
    assert is_pinned(image) is pinned


def test_a_backtick_may_be_the_escape() -> None:
    parsed = parse_dockerfile("# escape=`\nFROM a:1\nRUN one `\n  two\nUSER app\n")
    assert parsed.user == (5, "app")
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "text", ["FROM a:1\n" + "RUN \\\n" * 100_000, "FROM a AS a\nFROM a AS b\nFROM b AS a\n", "FROM x AS x\n"]
)
def test_a_hostile_file_ends(text: str) -> None:
    parsed: Dockerfile = parse_dockerfile(text)
    assert parsed.user[1] == "root"
