"""Renew a fixture from a repository in which it was measured.

    scaffolder new rag-assistant /tmp/run --yes --no-git --set "project_name=Python help desk" --set ...  # `given`
    cd /tmp/run && git init && git add -A && git commit -m "Generated" && make demo load
    python tests/checklist/renew.py assistant /tmp/run

It prints which numbers the owner's words in data/NAME_words.toml still have from the old run: change them there.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from filled import DATA, FIXTURES, PAGES, Fixture, findings


def renew(fixture: Fixture, run: Path) -> list[str]:
    """Replace the fixture's run by the one in `run`; returns the files that it keeps."""
    folder = DATA / f"{fixture.name}_run"
    kept = [path for pattern in (*PAGES, *fixture.kept) for path in sorted(run.glob(pattern)) if path.is_file()]
    assert {path.name for path in kept} >= {*PAGES, "metrics.json", "load.json"}, f"{run}: run make demo load first"
    shutil.rmtree(folder, ignore_errors=True)
    for path in kept:
        target = folder / path.relative_to(run)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return [path.relative_to(run).as_posix() for path in kept]


def main(name: str, run: str) -> int:
    """Renew, and say what of the filled repository is then open."""
    fixture = FIXTURES[name]
    print(f"{len(renew(fixture, Path(run)))} files renewed")
    left = {item: found for item, found in findings(fixture.filled()).items() if not found.state.counts}
    for item, found in left.items():
        print(item, found.state.value, *(f"\n  {each.path}:{each.line}: {each.fact}" for each in found.evidence))
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
