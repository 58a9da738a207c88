"""GitHub Actions workflows: when they run, what their steps do, and what they may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scaffolder.check.engine.finding import Evidence, Verdict, missing, unverified
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.shell import Command, commands
from scaffolder.formats.yaml import Mapping, YamlError, load_yaml

MAX_WORKFLOWS = 40

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DIGEST = re.compile(r"docker://[^@]+@sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Step:
    """One step of a job."""

    line: int
    run: str = ""
    uses: str = ""
    tolerated: bool = False  # its failure does not fail the job, or it never runs
    folder: str = ""

    def commands(self) -> tuple[Command, ...]:
        """What its script runs."""
        return commands(self.run)

    @property
    def pinned(self) -> bool:
        """Whether `uses` names code that cannot change: a commit, an image digest, or this repository."""
        if self.uses.startswith("./"):
            return True
        return bool(_DIGEST.fullmatch(self.uses) or _COMMIT.fullmatch(self.uses.rpartition("@")[2]))


@dataclass(frozen=True)
class Job:
    """One job of a workflow."""

    name: str
    line: int
    steps: tuple[Step, ...]
    permissions: Any = None  # as written; None when absent


@dataclass(frozen=True)
class Workflow:
    """One workflow file."""

    path: str
    triggers: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    permissions: Any = None
    permissions_line: int = 1
    problem: tuple[int, str] | None = None  # why it is not a workflow: (line, sentence)

    @property
    def runs_on_change(self) -> bool:
        """Whether a push or a pull request starts it."""
        return bool({"push", "pull_request", "merge_group"} & set(self.triggers))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all jobs."""
        return tuple(step for job in self.jobs for step in job.steps)

    def commands(self) -> Iterator[tuple[Step, Command]]:
        """Each command whose failure fails the workflow, with its step."""
        for step in self.steps:
            if not step.tolerated:
                yield from ((step, command) for command in step.commands() if not command.excused)

    def too_much(self) -> Iterator[tuple[int, str]]:
        """Where it grants more than it needs: (line, sentence)."""
        if self.permissions is None:
            for job in self.jobs:
                if job.permissions is None:
                    yield job.line, f"job {job.name} has no `permissions`, so it gets the repository's default"
        elif _writes(self.permissions):
            yield self.permissions_line, f"every job may write: {_writes(self.permissions)}"
        for job in self.jobs:
            if job.permissions == "write-all":
                yield job.line, f"job {job.name} may write everything"


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
    """Read a workflow; what is not one has a `problem` and nothing else."""
    try:
        loaded = load_yaml(text)
    except YamlError as error:
        return Workflow(path, problem=(error.line or 1, f"not YAML: {error}"))
    if not isinstance(loaded, Mapping):
        return Workflow(path, problem=(1, "not a mapping"))
    jobs = loaded.get("jobs")
    if not isinstance(jobs, Mapping) or not jobs:
        return Workflow(path, problem=(loaded.lines.get("jobs", 1), "no jobs"))
    if not _names(loaded.get("on")):
        return Workflow(path, problem=(loaded.lines.get("on", 1), "no trigger under `on`"))
    found = tuple(_job(name, job, jobs.lines[name]) for name, job in jobs.items())
    empty = next((job for job in found if not job.steps), None)
    problem = (empty.line, f"job {empty.name} has no steps") if empty else None
    line = loaded.lines.get("permissions", 1)
    return Workflow(path, _names(loaded["on"]), found, loaded.get("permissions"), line, problem)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(name) for name in value) if isinstance(value, list | dict) else ()


def _job(name: str, job: Any, line: int) -> Job:
    if not isinstance(job, Mapping):
        return Job(name, line, ())
    if isinstance(job.get("uses"), str):  # a reusable workflow
        return Job(name, line, (Step(job.lines["uses"], uses=job["uses"]),), job.get("permissions"))
    tolerated = _off(job)
    steps = tuple(_step(step, tolerated) for step in _list(job.get("steps")) if isinstance(step, Mapping))
    return Job(name, line, steps, job.get("permissions"))


def _step(step: Mapping, tolerated: bool) -> Step:
    run, uses = step.get("run"), step.get("uses")
    return Step(
        step.lines.get("run", step.lines.get("uses", step.line)),
        run if isinstance(run, str) else "",
        uses if isinstance(uses, str) else "",
        tolerated or _off(step),
        str(step.get("working-directory") or ""),
    )


def _off(part: Mapping) -> bool:
    return part.get("continue-on-error") is True or part.get("if") is False or _is_false(part.get("if"))


def _is_false(condition: Any) -> bool:
    return isinstance(condition, str) and condition.strip("${} ").lower() == "false"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _writes(permissions: Any) -> str:
    """What is granted for writing, as a sentence part; empty when nothing is."""
    if permissions == "write-all":
        return "everything"
    if not isinstance(permissions, Mapping):
        return ""
    return ", ".join(name for name, access in permissions.items() if access == "write")
