"""`.gitlab-ci.yml`, read as a workflow: jobs that a push or a merge request runs, and images that may change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffolder.check.readers.dockerfile import is_pinned
from scaffolder.check.readers.workflow import Job, Step, Workflow
from scaffolder.check.readers.yaml import Mapping, YamlError, load_yaml

PATH = ".gitlab-ci.yml"

_NO_JOBS = ("default", "include", "variables", "workflow", "image", "services", "cache", "spec")
_CHANGES = ("branches", "merge_requests", "pushes", "main", "master", "external_pull_requests")
_SOURCES = ("merge_request_event", '"push"', "'push'", "CI_COMMIT_BRANCH", "CI_MERGE_REQUEST", "CI_DEFAULT_BRANCH")


def parse_gitlab(text: str) -> Workflow:
    """Read a pipeline; what is not one has a `problem` and nothing else."""
    try:
        loaded = load_yaml(text)
    except YamlError as error:
        return Workflow(PATH, problem=(error.line or 1, f"not YAML: {error}"))
    jobs = _jobs(loaded) if isinstance(loaded, Mapping) else {}
    if not jobs:
        return Workflow(PATH, problem=(1, "no job with a script"))
    default = loaded.get("default")
    common = {**(default if isinstance(default, Mapping) else {}), **loaded}
    found = tuple(_job(name, job, common, loaded.lines[name]) for name, job in jobs.items())
    triggers = ("push", "merge request") if any(not step.tolerated for job in found for step in job.steps) else ()
    return Workflow(PATH, triggers, found, gitlab=True, loose=tuple(_images(loaded, jobs, common)))


def _jobs(loaded: Mapping) -> dict[str, Mapping]:
    return {
        name: job
        for name, job in loaded.items()
        if isinstance(job, Mapping) and job.get("script") and name not in _NO_JOBS and not name.startswith(".")
    }


def _job(name: str, job: Mapping, common: dict[str, Any], line: int) -> Job:
    script = "\n".join((*_lines(job.get("before_script", common.get("before_script"))), *_lines(job["script"])))
    tolerated = job.get("allow_failure") is True or not _runs_on_change(job)
    return Job(name, line, (Step(job.lines["script"], run=script, tolerated=tolerated),))


def _lines(script: Any) -> list[str]:
    return [str(line) for line in script] if isinstance(script, list) else [script] if isinstance(script, str) else []


def _runs_on_change(job: Mapping) -> bool:
    """Whether a push or a merge request runs it, by itself."""
    if job.get("when") in ("manual", "never"):
        return False
    only = job.get("only")
    if isinstance(only, list):
        return any(str(each) in _CHANGES for each in only)
    rules = job.get("rules")
    return not isinstance(rules, list) or any(isinstance(rule, Mapping) and _allows(rule) for rule in rules)


def _allows(rule: Mapping) -> bool:
    condition = str(rule.get("if", _SOURCES[0]))
    return rule.get("when") not in ("manual", "never") and any(source in condition for source in _SOURCES)


def _images(loaded: Mapping, jobs: dict[str, Mapping], common: dict[str, Any]) -> Iterator[tuple[int, str]]:
    for name, job in jobs.items():
        image = job.get("image", common.get("image"))
        image = image.get("name") if isinstance(image, Mapping) else image
        if not image:
            yield loaded.lines[name], f"job {name} names no image, so the runner chooses one"
        elif not is_pinned(str(image)):
            yield job.lines.get("image", loaded.lines[name]), f"{str(image)[:60]} may change tomorrow: name a version"
