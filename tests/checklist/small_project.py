"""A small finished repository in memory, made without the template, and ways to change it."""

from __future__ import annotations

import hashlib
import io
import json
import random
from typing import Any

DATA = "age,plan,left\n" + "".join(
    f"{20 + i % 60},{'basic' if i % 3 else 'plus'},{int(i % 7 == 0)}\n" for i in range(120)
)

SCORES = [round(0.05 + 0.9 * ((i * 37) % 100) / 100, 3) for i in range(40)]
TRUTH = [int((i * 37) % 100 > 62) if i not in (7, 23) else int((i * 37) % 100 <= 62) for i in range(40)]

README = """# Leavers

One sentence on it.

```sh
make setup
python -m leavers train
```

## Problem

A gym loses 40 members each month, and every one of them costs the owner about 300 EUR. The desk can phone ten people
a day. It is solved when at least 60% of those who would leave are on the list of the week.

## Architecture

```mermaid
flowchart LR
  desk[front desk] --> api[service]
  api --> model[(model)]
  loader -->|rows| model
```

## Data

Exported from the gym's own member list in March, with consent, under CC BY 4.0: 120 rows. Visits are missing,
which would have been the best signal of all.

## Results

| Metric | Our model | Base rate |
| --- | --- | --- |
| `roc_auc` | {auc} | 0.500 |
| `brier` | {brier} | 0.210 |

![ROC curve](reports/figures/roc.svg)

The model has a ROC AUC of {auc}, far from chance.

| What | Value |
| --- | --- |
| Command | `python -m leavers evaluate` |
| Commit | `{commit}` |
| Data (SHA-256) | `{sha}` |
| Rows | 120 |
| Seed | 7 |

## Error analysis

Rows 7 and 23 were ranked the wrong way round: both pay yearly, so their last visit says little about what they will
do next. Members on the plus plan are hit most, because there are few of them in training.

## Deployment

`make serve`

## Limitations and responsible AI

- The 120 rows come from one gym in one month, so a summer with holidays was never seen.
- Members over 65 are only 9 of them, and a wrong call may annoy exactly these people.
- The column `plan` follows the price list of 2025 and breaks as soon as it changes.

## Demo

![The list for the desk](docs/screenshot.png)

See [the code](src/leavers/__init__.py) and [the problem](#problem).
"""

TEST = """from leavers import rank


def test_rank():
    assert rank([3, 1]) == [1, 3]


def test_empty():
    assert rank([]) == []
"""

ITEMS = (
    *("problem", "architecture", "data-source", "evaluation-metrics", "error-analysis", "limitations", "demo"),
    *("recomputed-metrics", "provenance", "baseline", "figures", "data-schema", "reproduce", "tests", "links"),
)
COMMIT = "4f2a9c1d8e7b6a5f4e3d2c1b0a9f8e7d6c5b4a39"


def project() -> dict[str, bytes]:
    """The files of a repository in which every item of the Builder is done."""
    report = metrics()
    sha = report["run"]["data_sha256"]
    auc, brier = (f"{metric['value']:.3f}" for metric in report["metrics"])
    predictions = "row,actual,predicted\n" + "".join(
        f"{i},{t},{s}\n" for i, (t, s) in enumerate(zip(TRUTH, SCORES, strict=True))
    )
    texts = {
        "README.md": README.format(auc=auc, brier=brier, sha=sha, commit=COMMIT),
        "data/members.csv": DATA,
        "data/README.md": "# Members\n\n| Column | Meaning |\n|---|---|\n| age | in years |\n| plan | basic or plus |\n| `left` | within a month |\n",
        "reports/metrics.json": json.dumps(report),
        "reports/predictions.csv": predictions,
        "reports/errors.csv": "row,actual,predicted,age,plan\n7,1,0.2,51,plus\n23,0,0.9,33,plus\n",
        "reports/figures/roc.svg": "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/><path d='M1 1'/><text>x</text></svg>",
        "src/leavers/__init__.py": "def rank(rows):\n    return sorted(rows)\n",
        "src/leavers/__main__.py": "",
        "tests/test_rank.py": TEST,
        "Makefile": "setup:\n\tpip install -r requirements.lock\nserve:\n\tpython -m leavers serve\n",
        "requirements.lock": "numpy==2.4.6 --hash=sha256:00\n",
    }
    return {**{path: text.encode() for path, text in texts.items()}, "docs/screenshot.png": picture()}


def metrics() -> dict[str, Any]:
    """What the run measured; the values are those of the predictions, by the definition of each score."""
    positives = [score for truth, score in zip(TRUTH, SCORES, strict=True) if truth]
    negatives = [score for truth, score in zip(TRUTH, SCORES, strict=True) if not truth]
    pairs = [(p > n) + (p == n) / 2 for p in positives for n in negatives]
    auc = sum(pairs) / len(pairs)
    brier = sum((truth - score) ** 2 for truth, score in zip(TRUTH, SCORES, strict=True)) / len(TRUTH)
    return {
        "task": "tabular-classification",
        "run": {
            "command": "python -m leavers evaluate",
            "commit": COMMIT,
            "seed": 7,
            "data_sha256": hashlib.sha256(DATA.encode()).hexdigest(),
            "rows": 120,
        },
        "metrics": [{"name": "roc_auc", "value": auc}, {"name": "brier", "value": brier}],
        "baseline": [
            {"name": "roc_auc", "value": 0.5, "model": "base rate"},
            {"name": "brier", "value": 0.21, "model": "base rate"},
        ],
        "slices": [{"name": "plan = plus", "n": 13, "metric": "roc_auc", "value": 0.7}],
    }


def picture(blank: bool = False, size: tuple[int, int] = (120, 80)) -> bytes:
    """A PNG file."""
    from PIL import Image

    image = Image.new("RGB", size, "white")
    if not blank:
        image.putdata([(random.Random(i).randrange(256), 90, 200) for i in range(size[0] * size[1])])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
