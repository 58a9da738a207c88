"""How a generated repository is deployed: size, image, compose file; linters: test_workflows.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from projects import ROOT, Finished, Make, Project, alone, must_run, run
from selection import of, templates

MEGABYTES = {"predictor": 180, "assistant": 260, "bench": 350, "service": 250, "capstone": 280}  # by package


def test_nothing_generated_names_a_registry_or_a_place_on_this_machine(finished: Finished) -> None:
    files = [path for path in finished.project.path.rglob("*") if path.is_file() and ".venv" not in path.parts]
    texts = {path: path.read_bytes() for path in files if path.suffix in {".lock", ".toml", ".yml", ".yaml", ".md", ""}}
    assert texts
    for path, text in texts.items():
        assert not [place for place in (str(ROOT).encode(), b"/simple/", b"files.pythonhosted") if place in text], path


def test_what_the_application_needs_is_small(default: Project, tmp_path: Path) -> None:
    size = default.megabytes(tmp_path / "venv", "--require-hashes", "-r", "requirements.lock")
    print(f"installed: {size:.0f} MB")
    (package,) = (path.name for path in (default.path / "src").iterdir())
    assert size <= MEGABYTES[package]


@pytest.mark.parametrize("template", templates())
@pytest.mark.parametrize("check", ["image_check.sh", "compose_check.sh"])
def test_the_image_and_the_compose_file_run(make_finished: Make, template: str, check: str) -> None:
    default = make_finished(*of(template)[0]).project
    can_build_images()
    with alone("images"):
        output = run("bash", ROOT / "tools" / check, default.path, cwd=ROOT)
    print(output)
    assert f"PASS  {default.path.name}" in output


def can_build_images() -> None:
    if sys.platform != "linux" or shutil.which("apt-get") is None or os.geteuid() != 0:
        must_run("building images without a container engine needs root on Debian")


AN_OLD_PYTHON = f"""#!/bin/sh
exec {sys.executable} -c 'import runpy, sys
sys.version_info, sys.version = (3, 9, 2), "3.9.2"
runpy.run_path(sys.argv[1], run_name="__main__")' "$@"
"""


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("python3.9", "Python 3.11 or newer is needed, this is 3.9.2"),
        ("python4", "is not installed: give the path of Python 3.11 or newer"),
    ],
)
def test_make_says_which_python_it_needs(credit: Project, tmp_path: Path, python: str, said: str) -> None:
    old = tmp_path / "python3.9"
    old.write_text(AN_OLD_PYTHON)
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "setup", f"PYTHON={tmp_path / python}"],
        cwd=credit.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert said in done.stderr
