"""Deployer: it can be built, configured and run by somebody else."""

from __future__ import annotations

import re

from scaffolder.check.engine.finding import Evidence, Level, State, Verdict, done, missing, not_applicable
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.commands import absent, cited
from scaffolder.check.readers.compose import Compose
from scaffolder.check.readers.dockerfile import Dockerfile, is_pinned
from scaffolder.check.readers.make import Makefile
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.python import Module
from scaffolder.check.shipping.env import Example, Read
from scaffolder.check.shipping.secrets import Secret, is_ignored
from scaffolder.check.words.placeholders import Shingle, written

SHOWN = 5  # pieces of evidence


class Deployment(Item):
    """Deployment path: where it runs, and commands that get it there."""

    id = "deployment"
    level = Level.DEPLOYER
    source = "Checklist of strong portfolios: deployment path"
    essential = True
    human = True

    def check(
        self,
        readme: Document | None,
        stubs: frozenset[Shingle],
        snapshot: Snapshot,
        makefile: Makefile | None,
        compose: Compose | None,
    ) -> Verdict:
        """Under "Deployment" in README.md, write where it runs, who may call it and the commands that get it there.

        Every file and make target that a command names must be in the repository: a reader judges a project by
        whether it could be running tomorrow.
        """
        section = readme.section("deployment") if readme else None
        verdict = written(section, stubs)
        if section is None or verdict.state is not State.DONE:
            return verdict
        steps = list(cited(section))
        if not steps:
            return missing(Evidence("no command, in a shell block or a code span", section.path, section.line))
        wrong = [
            Evidence(f"`{step.text[:60]}`: {what}", section.path, step.line)
            for step in steps
            if (what := absent(step.command, snapshot, makefile))
        ]
        if compose and compose.problem:
            wrong.append(Evidence(compose.problem[1], compose.path, compose.problem[0]))
        if wrong:
            return missing(*wrong[:SHOWN])
        return done(*verdict.evidence, Evidence(f"`{steps[0].text[:60]}`", section.path, steps[0].line))


class Image(Item):
    """Dockerfile: pinned base, unprivileged user, health check, and only files that exist."""

    id = "dockerfile"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: establish reliable packaging patterns; CIS Docker Benchmark, section 4"

    def check(
        self, dockerfile: Dockerfile | None, compose: Compose | None, snapshot: Snapshot, makefile: Makefile | None
    ) -> Verdict:
        """Write a Dockerfile with versioned bases, a HEALTHCHECK and, at its end, a USER that is not root.

        Compose must not undo that with `user: root`, `privileged` or Docker's socket. All that it copies must be in the
        repository (a model that a run makes is committed, or the make target of the image makes it first), so that
        whoever clones it can build it.
        """
        if dockerfile is None:
            return missing(Evidence("there is no Dockerfile"))
        problems = [*dockerfile.problems]
        if dockerfile.stages:
            problems += _image_problems(dockerfile, compose, snapshot, makefile)
        found = [Evidence(text, dockerfile.path, line) for line, text in problems]
        found += [Evidence(text, compose.path, line) for line, text in compose.exposed()] if compose else []
        if found:
            return missing(*found[:SHOWN])
        line, user = dockerfile.user
        bases = ", ".join(dict.fromkeys(base for _, base in dockerfile.bases))
        return done(Evidence(f"runs as {user}, from {bases}", dockerfile.path, line))


def _image_problems(
    dockerfile: Dockerfile, compose: Compose | None, snapshot: Snapshot, makefile: Makefile | None
) -> list[tuple[int, str]]:
    problems = [
        (line, f"{base} may change tomorrow: name a version or a digest")
        for line, base in dockerfile.bases
        if not is_pinned(base)
    ]
    folder = dockerfile.path.rpartition("/")[0]
    problems += [
        (line, f"{source} is copied, but it is not in the repository")
        for line, source in dockerfile.sources
        if not _exists(source, folder, snapshot) and not _made_first(source, snapshot, makefile)
    ]
    line, user = dockerfile.user
    if user in ("root", "0") or user.startswith("$"):
        problems.append((line, f"the image runs as {user}"))
    check = dockerfile.last("HEALTHCHECK")
    if (check is None or check.value.upper() == "NONE") and not (compose and compose.healthcheck()):
        problems.append((dockerfile.stages[-1].line, "the image has no HEALTHCHECK"))
    return problems


def _exists(source: str, folder: str, snapshot: Snapshot) -> bool:
    """Whether a source of COPY is in the build context: the repository, or the Dockerfile's own folder."""
    path = source.strip("\"'").removeprefix("./").strip("/")
    if path in ("", ".") or "$" in path:
        return True
    for place in dict.fromkeys((path, f"{folder}/{path}".lstrip("/"))):
        if snapshot.has(place) or (set("*?[") & set(place) and snapshot.glob(place, f"{place}/**/*")):
            return True
    return False


def _made_first(source: str, snapshot: Snapshot, makefile: Makefile | None) -> bool:
    """Whether `.gitignore` leaves a source of COPY out and a target that builds the image makes a file of it first."""
    path = source.strip("\"'").removeprefix("./").strip("/")
    gitignore = snapshot.text(".gitignore") or ""
    if makefile is None or not (is_ignored(path, gitignore) or is_ignored(f"{path}/file", gitignore)):
        return False
    builds = [
        target.name
        for target in makefile.targets.values()
        if any(re.search(r"\b(?:docker|podman|buildx|compose)\b.*\bbuild\b", line.text) for line in target.recipe)
    ]
    made = (target for name in builds for target in makefile.reached(name) if target.recipe)
    return any(f"{target.name}/".startswith(f"{path}/") for target in made)


class Configuration(Item):
    """Configuration: each environment variable that is read is in `.env.example`."""

    id = "configuration"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: synchronize architecture and configuration; The Twelve-Factor App, III"

    def check(
        self, code_env_reads: tuple[Read, ...], env_example: Example | None, modules: tuple[Module, ...]
    ) -> Verdict:
        """List each variable that the code reads in `.env.example`, with a harmless value and a comment.

        Whoever deploys it should not have to read the source to learn what can be set.
        """
        if not any(not module.is_test for module in modules):
            return missing(Evidence("there is no Python code to configure"))
        if not code_env_reads:
            return not_applicable("the code reads no environment variable")
        if env_example is None:
            names = ", ".join(read.name for read in code_env_reads[:SHOWN])
            return missing(Evidence(f"there is no .env.example, and the code reads {names}"))
        absent = [read for read in code_env_reads if not env_example.documents(read.name)]
        if absent:
            return missing(
                *(
                    Evidence(f"{read.name} is read, but not in {env_example.path}", read.path, read.line)
                    for read in absent[:SHOWN]
                )
            )
        return done(Evidence(f"documents all {len(code_env_reads)} variables that are read", env_example.path))


class NoSecrets(Item):
    """Secrets: no key, password or `.env` lies in the repository."""

    id = "secrets"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: security pillar (MLSEC); OWASP Secrets Management"

    def check(self, secrets: tuple[Secret, ...], snapshot: Snapshot) -> Verdict:
        """Take the value out, revoke it where it was issued, and read it from the environment.

        Add `.env` to `.gitignore`. Whatever was pushed once must be taken as known to everybody.
        """
        if secrets:
            return missing(*(Evidence(secret.kind, secret.path, secret.line) for secret in secrets[:SHOWN]))
        if not snapshot.paths:
            return missing(Evidence("there is no file"))
        return done(Evidence(f"no known kind of secret in {len(snapshot.paths):,} files"))
