"""domain-capstone with own data: its code and its settings hold any names, and follow the kind of target and input."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from support import chosen, in_memory
from tables import Cells, base, put

from scaffolder.adopt import kinds
from scaffolder.adopt.kind import Options
from scaffolder.template import catalog
from scaffolder.template.answers import complete
from scaffolder.template.render import render

LONG = "How satisfied are you with the way in which your application was handled, on a scale from 1 to 10 (1 = not at all)?"
AGES = [str(20 + place % 50) for place in range(90)]
THREE = ["a", 'b "B"', "c"] * 30
TEXTS = [f"{'bills' if place % 2 else 'boxes'} and note {place}" for place in range(90)]
TABLES: dict[str, Cells] = {
    "two": {**base(90), "age": AGES, "sex": ["f", "m"] * 45},
    "names": {**base(90), LONG: AGES, 'say "it\'s" {{ x }} \\ #': ["f", "m"] * 45, "日本": ["1.5", "", "2"] * 30},
    "several": {"x": base(90)["x"], "y": THREE},
    "texts": {"free text": TEXTS, "y": THREE},
    "categories": {"ward": [f"ward {place % 9}" for place in range(90)], "y": base(90)["y"]},
}


@pytest.mark.parametrize("name", TABLES)
def test_code_and_settings_fit_the_table(name: str, tmp_path: Path) -> None:
    template = catalog.bundled("domain-capstone")
    adoption = kinds.adopt(template, put(tmp_path / "own.csv", TABLES[name]), Options(target="y"))
    answers = complete(template, chosen({"project_name": "Radar"}), data=adoption.data)
    files = in_memory(render(template, answers))
    settings = tomllib.loads(files["settings.toml"][0].decode())
    inputs = [column for column in TABLES[name] if column != "y"]
    assert sorted(settings["columns"]) == sorted(inputs)
    assert sorted(settings["problem"]["options"]) == sorted(set(TABLES[name]["y"]))
    assert ("positive" in settings["problem"]) == (len(settings["problem"]["options"]) == 2)
    assert settings["problem"]["rule"].startswith("a stand-in"), "nobody knows the rule of today"
    code = files["src/capstone/domain.py"][0].decode()
    texts = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    assert set(inputs) <= texts
    folder = tmp_path / "project"
    for path in (path for path in files if path.endswith((".py", ".toml"))):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(files[path][0])
    for command in (["check"], ["format", "--check"]):
        checked = [
            sys.executable,
            "-m",
            "ruff",
            *command,
            "--no-cache",
            "src/capstone/domain.py",
            "tests/test_domain.py",
        ]
        done = subprocess.run(checked, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
