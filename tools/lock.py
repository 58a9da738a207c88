"""Renew the locks that the templates ship: exact versions with hashes, for every platform and Python >= 3.11.

    python tools/lock.py            rewrite templates/*/templates/locks/<choice>/*.lock
    python tools/lock.py --check    exit 1 where a fresh resolution would differ

Needs uv. No index address may be in a lock, so that it installs from whichever index its reader has.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from cookiecutter.main import cookiecutter

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
ANSWER_OF = {"classical-ml": "model"}  # the question whose answer changes the dependencies
COMPILE = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--fork-strategy", "fewest", "--generate-hashes", "--no-annotate", "--no-header"),
    *("--no-emit-index-url", "--no-emit-find-links", "pyproject.toml"),
)
LOCKS = {
    "requirements-dev.lock": ("--all-extras", "--group", "dev"),
    "requirements.lock": ("--constraint", "requirements-dev.lock"),
}


def resolve(template: Path, answers: dict[str, str]) -> dict[str, str]:
    """The text of each lock of a project generated with these answers.

    Raises:
        ValueError: a lock names an address.
        subprocess.CalledProcessError: uv finds no solution.
    """
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(
            cookiecutter(str(template), no_input=True, accept_hooks=False, output_dir=scratch, extra_context=answers)
        )
        for name, options in LOCKS.items():
            (project / name).unlink(missing_ok=True)
            subprocess.run([*COMPILE, *options, "--output-file", name], cwd=project, check=True)
        texts = {name: (project / name).read_text(encoding="utf-8") for name in LOCKS}
    for name, text in texts.items():
        if "://" in text:
            raise ValueError(f"{name} of {template.name} names an address")
    return texts


def choices(template: Path, question: str) -> list[str]:
    """The folders under `locks`: one for each answer that has its own dependencies."""
    import json

    answers: list[str] = json.loads((template / "cookiecutter.json").read_text(encoding="utf-8"))[question]
    return answers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on a difference")
    check = parser.parse_args().check
    stale = 0
    for name, question in ANSWER_OF.items():
        template = TEMPLATES / name
        for answer in choices(template, question):
            for lock, text in resolve(template, {question: answer}).items():
                path = template / "templates/locks" / answer / lock
                fresh = path.is_file() and path.read_text(encoding="utf-8") == text
                stale += not fresh
                if not fresh:
                    print(f"{'stale' if check else 'wrote'} {path.relative_to(TEMPLATES.parent)}")
                if not fresh and not check:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
