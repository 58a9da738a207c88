"""GitLab pipelines, read as workflows."""

from __future__ import annotations

import pytest
from deployable import GOOD, open_items

from scaffolder.check.engine.finding import State
from scaffolder.check.readers.gitlab import parse_gitlab

PIPELINE = """
stages: [test]
default:
  image: python:3.13-slim
.hidden:
  script: [false]
check:
  before_script:
    - make setup
  script:
    - make test
    - make evaluate
pages:
  image: {name: ruby:3.4}
  rules:
    - if: $CI_COMMIT_TAG
  script: make pages
"""
GITHUB = ".github/workflows/ci.yml"


def with_pipeline(old: str = "", new: str = "") -> dict[str, State]:
    assert old in PIPELINE
    files = {path: text for path, text in GOOD.items() if path != GITHUB}
    return open_items({**files, ".gitlab-ci.yml": PIPELINE.replace(old, new) if old else PIPELINE})


def test_a_pipeline_does_what_a_workflow_does() -> None:
    assert with_pipeline() == {}
    flow = parse_gitlab(PIPELINE)
    assert [(job.name, job.steps[0].tolerated) for job in flow.jobs] == [("check", False), ("pages", True)]
    assert flow.jobs[0].steps[0].run == "make setup\nmake test\nmake evaluate"


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("make test", "make lint", {"ci"}),
        ("make test", "make test || true", {"ci"}),
        ("make evaluate", "make demo", {"quality-gate"}),
        ("check:\n", "check:\n  allow_failure: true\n", {"ci", "quality-gate"}),
        ("check:\n", "check:\n  when: manual\n", {"ci", "quality-gate"}),
        ("check:\n", "check:\n  only: [tags]\n", {"ci", "quality-gate"}),
        ("check:\n", "check:\n  only: [merge_requests]\n", set()),
        ("check:\n", "check:\n  rules: [{if: $CI_PIPELINE_SOURCE == 'schedule'}]\n", {"ci", "quality-gate"}),
        ("check:\n", "check:\n  rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]\n", set()),
        ("python:3.13-slim", "python:latest", {"ci-trust"}),
        ("python:3.13-slim", "python", {"ci-trust"}),
        ("default:\n  image: python:3.13-slim\n", "", {"ci-trust"}),
        ("stages: [test]", "stages: [", {"ci", "quality-gate"}),
    ],
)
def test_what_a_pipeline_lacks(old: str, new: str, lost: set[str]) -> None:
    assert set(with_pipeline(old, new)) == lost


@pytest.mark.parametrize(
    "text", ["", "- a", "a: 1", "a:\n  script: []\n", "a: &x\n  script: *x\n", "image: {script: x}"]
)
def test_what_is_no_pipeline(text: str) -> None:
    assert parse_gitlab(text).problem
