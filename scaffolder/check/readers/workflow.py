"""GitHub Actions workflows: when they run, what their steps do, and what they may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scaffolder.check.engine.finding import Evidence, Verdict, missing, unverified
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.yaml import Mapping, YamlError, load_yaml

MAX_WORKFLOWS = 40

_PINNED = re.compile(r"\./.*|docker://[^@]+@sha256:[0-9a-f]{64}|[^@]+@[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True)
class Step:
    """One step of a job, or the workflow that the job calls."""

    line: int
    run: str
    uses: str
    tolerated: bool  # its failure does not fail the job, or it never runs
    folder: str

    @property
    def pinned(self) -> bool:
        """Whether `uses` names code that cannot change: a commit, an image digest, or this repository."""
        return bool(_PINNED.fullmatch(self.uses))


@dataclass(frozen=True)
class Job:
    """One job of a workflow."""

    name: str
    line: int
    steps: tuple[Step, ...]
    permissions: Any  # as written; None when absent


@dataclass(frozen=True)
class Workflow:
    """One workflow file; `problem` says why it is none: (line, sentence)."""

    path: str
    triggers: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    permissions: Any = None
    permissions_line: int = 1
    problem: tuple[int, str] | None = None

    @property
    def runs_on_change(self) -> bool:
        """Whether a push or a pull request starts it."""
        return bool({"push", "pull_request", "merge_group"} & set(self.triggers))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all jobs."""
        return tuple(step for job in self.jobs for step in job.steps)

    def too_much(self) -> Iterator[tuple[int, str]]:
        """Where it grants more than it needs: (line, sentence)."""
        granted = self.permissions.items() if isinstance(self.permissions, Mapping) else ()
        writes = [name for name, access in granted if access == "write"]
        if writes or self.permissions == "write-all":
            yield self.permissions_line, f"every job may write {', '.join(writes) or 'everything'}"
        for job in self.jobs:
            if job.permissions == "write-all":
                yield job.line, f"job {job.name} may write everything"
            elif job.permissions is None and self.permissions is None:
                yield job.line, f"job {job.name} has no `permissions`, so it gets the repository's default"


@fact
def workflows(repo: Repository) -> tuple[Workflow, ...]:
    """The workflow files, whether they parse or not."""
    paths = repo.snapshot.glob(".github/workflows/*.yml", ".github/workflows/*.yaml")[:MAX_WORKFLOWS]
    return tuple(parse_workflow(text, path) for path in paths if (text := repo.snapshot.text(path)) is not None)


def no_workflow(repo: Repository) -> Verdict:
    """The verdict on a repository without workflows; one that uses another service cannot be judged."""
    names = ".gitlab-ci.yml .circleci/config.yml .travis.yml azure-pipelines.yml Jenkinsfile bitbucket-pipelines.yml"
    if other := repo.snapshot.find(*names.split(), ".buildkite/*", ".drone.yml", ".woodpecker*", ".woodpecker/*"):
        return unverified(f"there is {other}, and only workflows of GitHub are read")
    return missing(Evidence("no workflow in .github/workflows, and no configuration of another CI service was found"))


def parse_workflow(text: str, path: str) -> Workflow:
    """Read a workflow; what is not one has a `problem`."""
    try:
        loaded = load_yaml(text)
    except YamlError as error:
        return Workflow(path, problem=(error.line or 1, f"not YAML: {error}"))
    if not isinstance(loaded, Mapping):
        return Workflow(path, problem=(1, "not a mapping"))
    triggers, jobs = loaded.get("on"), loaded.get("jobs")
    triggers = (triggers,) if isinstance(triggers, str) else triggers
    if not triggers or not isinstance(triggers, tuple | list | dict):
        return Workflow(path, problem=(loaded.lines.get("on", 1), "no trigger under `on`"))
    if not jobs or not isinstance(jobs, Mapping):
        return Workflow(path, problem=(loaded.lines.get("jobs", 1), "no jobs"))
    found = tuple(_job(name, job, jobs.lines[name]) for name, job in jobs.items())
    problem = next(((job.line, f"job {job.name} has no steps") for job in found if not job.steps), None)
    line = loaded.lines.get("permissions", 1)
    return Workflow(path, tuple(map(str, triggers)), found, loaded.get("permissions"), line, problem)


def _job(name: str, job: Any, line: int) -> Job:
    if not isinstance(job, Mapping):
        return Job(name, line, (), None)
    steps = job.get("steps")
    written = [job] if "uses" in job else steps if isinstance(steps, list) else []
    found = tuple(_step(step, _off(job)) for step in written if isinstance(step, Mapping))
    return Job(name, line, found, job.get("permissions"))


def _step(step: Mapping, tolerated: bool) -> Step:
    run, uses, folder = (str(step.get(key) or "") for key in ("run", "uses", "working-directory"))
    line = step.lines.get("run", step.lines.get("uses", step.line))
    return Step(line, run, uses, tolerated or _off(step), folder)


def _off(part: Mapping) -> bool:
    return part.get("continue-on-error") is True or str(part.get("if")).strip("${} ").lower() == "false"
