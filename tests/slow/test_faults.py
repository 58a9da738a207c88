"""The faults of our own templates: each is noticed by its trial alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from projects import Finished, Make
from selection import Chosen, named, of, picked, thorough

from scaffolder.exercises import judging
from scaffolder.exercises.judging import FAILED, PASSED
from scaffolder.practice.drill import Fault, faults
from scaffolder.project import plan
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

CASES = [
    pytest.param(of(name)[0], fault, id=f"{named(of(name)[0])}-{fault.id}")
    for name in catalog.names()
    for fault in picked(faults(catalog.bundled(name).folder), 4 if thorough(name) else 1, name)
]
HANGS = 600  # seconds, far more than any takes


def run(finished: Finished, folder: Path, *arguments: str) -> tuple[int, str]:
    return judging.pytest(finished.project.path / ".venv/bin/python", folder, arguments, HANGS)


@pytest.mark.long
@pytest.mark.parametrize(("given", "fault"), CASES)
def test_the_trial_tells_the_fault_from_what_is_right(
    given: Chosen, fault: Fault, make_finished: Make, tmp_path: Path
) -> None:
    finished = make_finished(*given)
    kind = catalog.bundled(finished.template)
    copy = tmp_path / "copy"
    plan.write(render(kind, complete(kind, chosen(finished.answers))), copy)
    trial = ("-c", os.devnull, "--noconftest", str(fault.patch.with_name(f"test_{fault.id}.py")))
    assert run(finished, copy, *trial)[0] == PASSED
    subprocess.run(["git", "apply", fault.patch], cwd=copy, check=True)
    assert run(finished, copy, *trial)[0] == FAILED
    if thorough(given[0]):  # these take a minute for each fault
        code, output = run(finished, copy)
        assert code == PASSED, output[-3_000:]
