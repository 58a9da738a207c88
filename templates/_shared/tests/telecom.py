"""A project about a telecom company's data, and what adopts its owner's file in their place, for the tests of that."""

import re
import subprocess
from pathlib import Path

import pytest

from any_package.adoption import documents
from any_package.adoption.replacing import leftovers, refuse_uncommitted, replace

README = """# Leavers

<!-- data:problem -->
A telecom company loses customers.

TODO(problem): who loses what?

We lose 300 a month.
<!-- /data:problem -->
<!-- measured:headline -->
85 of 100
<!-- /measured:headline -->
My own words.
"""
DATASET = "# Dataset: leavers\n\nIts publisher\nis unknown.\n"
SHIPPED = f"""<!-- data:problem -->
A telecom company
loses customers.

TODO(problem): who loses what?
<!-- /data:problem -->
{DATASET}"""
HAZARDS = """<!-- data:hazards -->
| hazard | likelihood |
| --- | --- |
| TODO(hazard): what could go wrong? | TODO(likelihood): how likely? |
<!-- /data:hazards -->
"""
OWN = f"""<!-- data:problem -->
TODO(trouble): what is wrong today?
<!-- /data:problem -->
<!-- data:unit -->
unit = "row"
<!-- /data:unit -->
{HAZARDS}"""
OLD = '[problem]\ntarget = "churn"\n[data]\nfile = "data/churn.csv.gz"\n[columns]\nage = "numeric"\n'
TOML = '# data:unit\nunit = "customer"\n# /data:unit\n\n[data]\nwords = ["telecom"]\n'
DESCRIPTION = """# Dataset

The owner's data, as they were on day DAY.

## Source

TODO(source): who collected these data?

TODO(licence): under which licence may you use them?

## Columns

| Column | Kind | Values |
| :--- | :--- | :--- |
| `height` | numeric | 0 to DAY |
| `late` | target | no, yes |

TODO(columns): what does each column mean?
"""
SETTINGS = Path("settings.toml")
PATTERNS, MADE = ("data/shipped.md", "data/simulate.py"), ("reports/*.json",)
STAY = {"README.md", "scaffolder.toml", "settings.toml", "data/DATASET.md", "docs/risks.md", "pyproject.toml", "own.md"}


def write(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `root` that project, and work in it."""
    texts = {"README.md": README, "scaffolder.toml": TOML, "settings.toml": OLD, "pyproject.toml": "", "own.md": OWN}
    texts |= {"docs/risks.md": f"# Risks\n\n{HAZARDS}", "data/DATASET.md": DATASET}
    texts |= {"data/shipped.md": SHIPPED, "data/simulate.py": "", "data/churn.csv.gz": "", "reports/metrics.json": "{}"}
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):  # set while Git itself runs the tests
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    monkeypatch.setattr(documents, "OWN", root / "own.md")
    return root


def put(day: int = 0, source: Path = Path("absent.csv")) -> None:
    """Adopt the owner's data of a day, as a template does it."""
    new = f'[data]\nfile = "data/own.csv"\nday = {day}\n'.encode()
    former = re.findall('file = "(.*)"', SETTINGS.read_text(encoding="utf-8")) if SETTINGS.exists() else []
    written = {SETTINGS: new, Path("data/own.csv"): b"height,late\n"}
    written |= documents.rewritten(DESCRIPTION.replace("DAY", str(day)), SETTINGS, new)
    removed = leftovers(former, [*PATTERNS, *MADE], source, written)
    refuse_uncommitted(written, removed, MADE)
    replace(written, removed, SETTINGS)


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def git(*words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", *words],
        check=True,
        capture_output=True,
    )
