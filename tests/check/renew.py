"""Renew a stored run from a repository in which it was measured.

    scaffolder new rag-assistant /tmp/run --yes --no-git --set "project_name=Python help desk" --set ...  # `RUNS`
    cd /tmp/run && git init && git add -A && git commit -m "Generated" && make demo
    python tests/check/renew.py assistant /tmp/run

It prints which items of the filled project are then open: the owner's words in data/NAME_words.toml may name old rows.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from handed_in import DATA, filled, measured_pages
from rendered import open_items

KEPT = ("reports/*", "artifacts/model.json", "artifacts/model.onnx")


def renew(name: str, run: Path) -> list[str]:
    """Replace the stored run by the one in `run`; returns the files that were kept."""
    folder = DATA / f"{name}_run"
    pages = measured_pages((run / "scaffolder.toml").read_bytes())
    kept = [path for pattern in (*pages, *KEPT) for path in sorted(run.glob(pattern)) if path.is_file()]
    kept_names = {path.relative_to(run).as_posix() for path in kept}
    assert kept_names >= {*pages, "reports/metrics.json", "reports/latency.json"}, f"{run}: run make demo first"
    shutil.rmtree(folder, ignore_errors=True)
    for path in kept:
        target = folder / path.relative_to(run)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return sorted(kept_names)


if __name__ == "__main__":
    print(f"{len(renew(sys.argv[1], Path(sys.argv[2])))} files renewed")
    for item, state in open_items(filled(sys.argv[1])).items():
        print(item, state)
