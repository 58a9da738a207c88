"""The commands in the README exist, and a lock file fixes what they install."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.documents import README, readme
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import SHOWN, Verdict, counted, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.commands import Cited, cited, wrong_commands
from scaffolder.check.readers.markdown import apart_from
from scaffolder.results.finding import Evidence, Level

_LOCKS = ("**/*.lock", "**/pylock*.toml", "**/conda-lock.y*ml", "**/*requirements*.txt", "**/requirements/*.txt")
_PINNED = re.compile(r"^[A-Za-z0-9][\w.\-]*(?:\[[^\]\n]*\])?\s*==\s*[\w.!+]+", re.MULTILINE)
_REQUIRED = re.compile(r"^[A-Za-z0-9][\w.\-]*", re.MULTILINE)
_MODULE = re.compile(r"\bpython[\d.]*\s+(?:-[A-Za-z]\s+)?-m\s+([A-Za-z_]\w*)\.([\w.]+)")


class Reproduce(Item):
    """Reproduce: the commands that the README cites exist, and a lock file fixes what they install."""

    id = "reproduce"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: others can run it; Google's ML Test Score, Infra 1"

    def check(self, repo: Repository) -> Verdict:
        """Cite the commands that install and run it in README.md, and commit a lock file.

        The first command that fails is where most readers stop.

        Cite the commands that install and run it in README.md, and commit a lock file (`make lock`).
        """
        page = readme(repo)
        if page is None:
            return missing(Evidence(f"there is no {README}"))
        deployment = page.section("deployment")  # which has an item of its own
        passage = apart_from(page, deployment)
        steps = list(cited(passage))
        if not steps:
            apart = ", apart from the section on deployment" if deployment else ""
            what = f"no command to install or run it{apart}"
            return missing(Evidence(what, page.path))
        lock = _lock(repo)
        wrong = [*wrong_commands(repo, passage), *_wrong_modules(repo, steps, page.path)]
        if not lock:
            names = "*.lock, pylock.toml, conda-lock.yml, or requirements.txt with exact versions"
            wrong.insert(min(len(wrong), SHOWN - 1), Evidence(f"no lock file: {names}"))
        if wrong:
            return flawed(*wrong)
        commands = Evidence(f"{counted(len(steps), 'command')}, from `{steps[0].text[:40]}`", page.path, steps[0].line)
        return done(commands, Evidence("exact versions", lock))


def _wrong_modules(repo: Repository, steps: list[Cited], path: str) -> Iterator[Evidence]:
    """The commands `python -m package.name` without such a module in a package of the repository."""
    for step in steps:
        found = _MODULE.search(step.text)
        if found and step.command.name != "cd" and repo.snapshot.glob(f"{found[1]}/*.py", f"src/{found[1]}/*.py"):
            inside = f"{found[1]}/{found[2].replace('.', '/')}"
            if not repo.snapshot.glob(f"**/{inside}.py", f"**/{inside}/__main__.py"):
                yield Evidence(f"`{step.text[:60]}`: {found[1]} has no module {found[2][:40]}", path, step.line)


def _lock(repo: Repository) -> str:
    """The first file that fixes versions, "" if there is none."""
    paths = repo.snapshot.glob(*_LOCKS)[:20]
    return next((path for path in paths if _fixes_versions(path, repo.snapshot.text(path) or "")), "")


def _fixes_versions(path: str, text: str) -> bool:
    """Whether a file fixes versions: a lock file that is not empty, or requirements that are all exact."""
    if not path.endswith(".txt"):
        return bool(text.strip())
    required = len(_REQUIRED.findall(text))
    return required > 0 and len(_PINNED.findall(text)) == required
