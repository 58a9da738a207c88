"""Renew the locks that the templates ship.

    python tools/lock.py

Each answer that changes a project's dependencies has its own locks: `templates/NAME/templates/locks/ANSWER`. A lock
that no answer changes is in the project's folder itself. The locks are made by `make lock` in a generated project, so
that the options of uv are in one place.
Needs uv and make.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cookiecutter.main import cookiecutter

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# The question whose answer changes the dependencies, if there is one.
DECIDES = {
    "classical-ml": "model",
    "rag-assistant": "embedding",
    "llm-eval": None,
    "mlops-deploy": None,
    "domain-capstone": "domain",
}
# Several answers that lead to the same dependencies: the folder of their locks, and one of them.
ALIKE = {"domain-capstone": {"adopting": "healthcare", "plain": "legal"}}


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


def main() -> int:
    for name, question in DECIDES.items():
        config = json.loads((TEMPLATES / name / "cookiecutter.json").read_text(encoding="utf-8"))
        folders = ALIKE.get(name) or ({answer: answer for answer in config[question]} if question else {"": ""})
        for folder, answer in folders.items():
            renew(TEMPLATES / name, {question: answer} if question else {}, folder)
            print(f"Locked {name}", *([f"with {question} = {answer}"] if question else []))
    return 0


if __name__ == "__main__":
    sys.exit(main())
