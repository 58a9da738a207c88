"""GitHub Actions workflows: their triggers, steps and permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import Verdict, missing, unverified
from scaffolder.formats.yaml import Mapping, TooLargeError, YamlError, load_yaml
from scaffolder.results.finding import Evidence

MAX_WORKFLOWS = 40

Problem = tuple[int, str]  # a line and a sentence


class Step(NamedTuple):
    """One step of a job, or the workflow that the job calls."""

    line: int
    run: str
    uses: str
    tolerated: bool  # its failure does not fail the job, or it never runs
    folder: str


class Workflow(NamedTuple):
    """One workflow file: the steps of all its jobs."""

    path: str
    problem: Problem | None  # why the file is not a valid workflow
    triggers: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    excess: tuple[Problem, ...] = ()  # permissions that are wider than needed

    @property
    def runs_on_change(self) -> bool:
        """Whether a push or a pull request starts it."""
        return bool({"push", "pull_request", "merge_group"} & set(self.triggers))


@fact
def workflows(repo: Repository) -> tuple[Workflow, ...]:
    """The workflow files, whether they parse or not."""
    found = repo.snapshot.glob(".github/workflows/*.yml", ".github/workflows/*.yaml")
    texts = repo.snapshot.texts(found, MAX_WORKFLOWS, "workflows")
    return tuple(flow for path, text in texts if (flow := _read(repo, path, text)))


def _read(repo: Repository, path: str, text: str) -> Workflow | None:
    try:
        return parse_workflow(text, path)
    except TooLargeError as error:
        repo.snapshot.leave_out(f"{path} was not read: it has {error}.")
        return None


def no_workflow(repo: Repository) -> Verdict:
    """The verdict on a repository without workflows; one that uses another service cannot be judged."""
    names = ".gitlab-ci.yml .circleci/config.yml .travis.yml azure-pipelines.yml Jenkinsfile bitbucket-pipelines.yml"
    if other := repo.snapshot.find(*names.split(), ".buildkite/*", ".drone.yml", ".woodpecker*", ".woodpecker/*"):
        return unverified(f"there is {other}, and only workflows of GitHub are read")
    return missing(Evidence("no workflow in .github/workflows"))


def parse_workflow(text: str, path: str) -> Workflow:
    """Parse a workflow; if it is not valid, the result has a `problem`. Raises `TooLargeError` if nobody can tell."""
    try:
        loaded = load_yaml(text)
    except TooLargeError:
        raise
    except YamlError as error:
        return Workflow(path, (error.line or 1, f"not YAML: {error}"))
    if not isinstance(loaded, Mapping):
        return Workflow(path, (1, "not a mapping"))
    triggers, jobs = loaded.get("on"), loaded.get("jobs")
    triggers = (triggers,) if isinstance(triggers, str) else triggers
    if not triggers or not isinstance(triggers, tuple | list | dict):
        return Workflow(path, (loaded.lines.get("on", 1), "no trigger under `on`"))
    if not jobs or not isinstance(jobs, Mapping):
        return Workflow(path, (loaded.lines.get("jobs", 1), "no jobs"))
    steps = {name: _steps(job) for name, job in jobs.items()}
    problem = next(((jobs.lines[name], f"job {name} has no steps") for name, found in steps.items() if not found), None)
    together = tuple(step for found in steps.values() for step in found)
    return Workflow(path, problem, tuple(map(str, triggers)), together, tuple(_excess(loaded, jobs)))


def _steps(job: object) -> list[Step]:
    if not isinstance(job, Mapping):
        return []
    steps = [job] if "uses" in job else job.get("steps")
    return [_step(each, _off(job)) for each in steps if isinstance(each, Mapping)] if isinstance(steps, list) else []


def _step(step: Mapping, tolerated: bool) -> Step:
    run, uses, folder = (str(step.get(key) or "") for key in ("run", "uses", "working-directory"))
    line = step.lines.get("run", step.lines.get("uses", step.line))
    return Step(line, run, uses, tolerated or _off(step), folder)


def _off(part: Mapping) -> bool:
    return part.get("continue-on-error") is True or str(part.get("if")).strip("${} ").lower() == "false"


def _excess(flow: Mapping, jobs: Mapping) -> Iterator[Problem]:
    granted = flow.get("permissions")
    writes = [name for name, access in granted.items() if access == "write"] if isinstance(granted, Mapping) else []
    if writes or granted == "write-all":
        yield flow.lines["permissions"], f"every job may write {', '.join(writes) or 'everything'}"
    for name, job in jobs.items():
        own = job.get("permissions") if isinstance(job, Mapping) else None
        if own == "write-all":
            yield jobs.lines[name], f"job {name} may write everything"
        elif own is None and granted is None:
            yield jobs.lines[name], f"job {name} has no `permissions`, so it gets the repository's default"
