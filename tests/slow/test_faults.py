"""The faults of our own templates: each is noticed by its trial alone, and no wrong mend hides it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from projects import Finished, Make
from selection import Chosen, named, of, picked, thorough

from scaffolder.exercises import judging
from scaffolder.exercises.judging import FAILED, PASSED
from scaffolder.practice.faults import Fault, changed, read
from scaffolder.project import plan
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render
from scaffolder.tree import File, Tree

CASES = [
    pytest.param(of(name)[0], fault, id=f"{named(of(name)[0])}-{fault.id}")
    for name in catalog.names()
    for fault in picked(read(catalog.bundled(name).folder), 4 if thorough(name) else 1, name)
]
HANGS = 600  # seconds, far more than any takes


class Copy:
    """A copy of a project with a fault, in whose place other texts can be put."""

    def __init__(self, finished: Finished, fault: Fault, folder: Path) -> None:
        kind = catalog.bundled(finished.template)
        self.tree: Tree = render(kind, complete(kind, chosen(finished.answers)))
        self.folder, self.python = folder, finished.project.path / ".venv/bin/python"
        self.trial = folder.with_name(f"test_{fault.id}.py")
        self.trial.write_text(fault.test)
        plan.write(self.tree, folder)

    def text(self, path: str) -> str | None:
        file: File | None = self.tree.get(path)
        return file.data.decode() if file else None

    def put(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            (self.folder / path).write_text(text, "utf-8")

    def tried(self) -> int:
        return self.run("-c", os.devnull, "--noconftest", str(self.trial))[0]

    def run(self, *arguments: str) -> tuple[int, str]:
        return judging.pytest(self.python, self.folder, arguments, HANGS)


@pytest.mark.long
@pytest.mark.parametrize(("given", "fault"), CASES)
def test_the_trial_tells_the_fault_from_what_is_right(
    given: Chosen, fault: Fault, make_finished: Make, tmp_path: Path
) -> None:
    copy = Copy(make_finished(*given), fault, tmp_path / "copy")
    assert copy.tried() == PASSED
    planted = fault.planted(copy.text)
    assert planted
    copy.put(planted)
    assert copy.tried() == FAILED
    for change in fault.wrong:
        copy.put(changed((change,), planted.get))
        assert copy.tried() == FAILED, change.after
    if thorough(given[0]):  # these take a minute for each fault
        copy.put(planted)
        code, output = copy.run()
        assert code == PASSED, output[-3_000:]
