"""Renew the locks that the templates ship.

    python tools/lock.py

Each answer that changes a project's dependencies has its own locks: `templates/NAME/templates/locks/ANSWER`, or
`ANSWER-ANSWER` if two questions do. A lock that no answer changes is in the project's folder itself. The locks are made
by `make lock` in a generated project, so that the options of uv are in one place.
Needs uv and make.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from cookiecutter.main import cookiecutter

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# The questions whose answers change the dependencies.
DECIDE: dict[str, tuple[str, ...]] = {
    "classical-ml": ("model",),
    "rag-assistant": ("embedding", "vector_store"),
    "llm-eval": (),
    "mlops-deploy": (),
    "domain-capstone": (),
}


def renew(template: Path, answers: dict[str, str], folder: str) -> None:
    """Generate a project with these answers, lock it, and copy its locks into the template's `folder` of locks.

    Raises:
        subprocess.CalledProcessError: uv finds no solution.
        ValueError: a lock names an address, so it would not install from another index.

    """
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(
            cookiecutter(
                str(template),
                no_input=True,
                accept_hooks=False,
                output_dir=scratch,
                extra_context=answers,
            )
        )
        subprocess.run(["make", "--silent", "lock"], cwd=project, check=True)
        for lock in sorted(project.glob("*.lock")):
            if "://" in lock.read_text(encoding="utf-8"):
                raise ValueError(f"{lock.name} of {template.name} names an address")
            by_answer = template / "templates/locks" / folder / lock.name
            for_all = template / "{{cookiecutter.project_slug}}" / lock.name
            shutil.copyfile(lock, by_answer if folder and by_answer.exists() else for_all)


def locks(name: str) -> dict[str, dict[str, str]]:
    """The folders of a template's locks, "" if it needs none, and the answers that lead to each."""
    questions = DECIDE[name]
    config = json.loads((TEMPLATES / name / "cookiecutter.json").read_text(encoding="utf-8"))
    answers = product(*(config[question] for question in questions))
    return {"-".join(chosen): dict(zip(questions, chosen, strict=True)) for chosen in answers}


def main() -> int:
    for name in DECIDE:
        for folder, answers in locks(name).items():
            renew(TEMPLATES / name, answers, folder)
            print("Locked", name, *(f"{question}={answer}" for question, answer in answers.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
