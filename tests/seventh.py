"""A domain that the template does not have, added as docs/template-author.md says."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from hashlib import sha256
from pathlib import Path

from support import ROOT

TEMPLATE = ROOT / "templates" / "domain-capstone"
FILE = "{% if cookiecutter.__case == 'seeds' %}lots.csv.gz{% endif %}"
ENTRY = {
    "project_name": "Seed Lot Sorter",
    "description": "Says which lots of seeds somebody should test again.",
    "technique": "classification",
    "risk_to_try": 0.2,
    "inputs": "table",
}
SETTINGS = """[problem]
title = "Lots to test again"
case = "lot"
cases = "lots"
decision = "Which lots of seeds are tested again?"
target = "verdict"
options = ["keep", "test"]
positive = "test"

[data]
file = "data/lots.csv.gz"
sha256 = "SHA256"
id = "lot_number"

[columns]
moisture = { kind = "numeric", description = "Moisture", unit = "%", min = 0, max = 100 }
plant = { kind = "categorical", description = "Plant" }

[training]
headline = "roc_auc"

[policy]
most_risk = 0.1

[slices]
columns = ["plant"]
"""
DOMAIN = '''"""Seeds: a damp lot may not germinate."""

from collections.abc import Mapping

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

RULE = "more than 12% of moisture"


def features(cases: pd.DataFrame) -> pd.DataFrame:
    return cases


def rule(cases: pd.DataFrame) -> pd.Series:
    return (cases["moisture"] > 12).map({True: "damp", False: "dry"})


def guard(case: Mapping[str, float | str | None]) -> str | None:
    return "an orchid: nobody knows how it germinates" if case["plant"] == "orchid" else None


def model(seed: int) -> Pipeline:
    words = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["plant"]), remainder="passthrough")
    return make_pipeline(words, LogisticRegression(max_iter=1000, random_state=seed))
'''
TEST = '''"""Seeds: the rule and the guard."""

import pandas as pd

from capstone import domain


def test_damp_lots_are_found() -> None:
    assert list(domain.rule(pd.DataFrame({"moisture": [11.0, 13.0]}))) == ["dry", "damp"]


def test_orchids_are_for_a_person() -> None:
    assert domain.guard({"plant": "orchid"})
    assert domain.guard({"plant": "bean"}) is None
'''


def lots() -> bytes:
    """Made-up lots: damp ones fail more often, and beans more often than the rest."""
    drawn, rows = random.Random(7), ["lot_number,moisture,plant,verdict"]
    for number in range(600):
        moisture, plant = drawn.uniform(6, 18), drawn.choice(["bean", "maize", "orchid", "wheat"])
        fails = drawn.random() < 1 / (1 + 2.7 ** (12 - moisture + (plant == "wheat") - (plant == "bean")))
        rows.append(f"L{number},{moisture:.1f},{plant},{'test' if fails else 'keep'}")
    return gzip.compress("\n".join(rows).encode(), mtime=0)


def case() -> str:
    """A sentence for each data block, with the blocks of another domain."""
    other = next((TEMPLATE / "templates/domains").iterdir()) / "case.md"
    names = re.findall(r"<!-- data:([a-z]+) -->", other.read_text("utf-8"))
    head = (
        f'{{% set unit = "lot" %}}\n{{% set sha256 = "{sha256(lots()).hexdigest()}" %}}\n{{% set words = ["lots"] %}}\n'
    )
    return head + "\n".join(f"<!-- data:{name} -->\nA lot is tested again.\n<!-- /data:{name} -->" for name in names)


def with_seventh(template: Path) -> Path:
    """A copy of the template, at `template`, with one domain more."""
    shutil.copytree(TEMPLATE, template, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    files = {
        "settings.toml": SETTINGS.replace("SHA256", sha256(lots()).hexdigest()),
        "domain.py": DOMAIN,
        "test_domain.py": TEST,
        "case.md": case(),
        "dataset.md": "# Dataset: lots of seeds\n\nMade up for a test.\n",
        "regulation.md": "# Regulation\n\nNone: these lots are made up.\n",
    }
    folder = template / "templates" / "domains" / "seeds"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (template / "{{cookiecutter.project_slug}}" / "data" / FILE).write_bytes(lots())
    config = json.loads((template / "cookiecutter.json").read_bytes())
    config["domain"].append("seeds")
    config["_domains"]["seeds"] = ENTRY
    config["__prompts__"]["domain"]["seeds"] = "seeds - lots of seeds (made up)"
    (template / "cookiecutter.json").write_text(json.dumps(config), encoding="utf-8")
    return template
