"""Answers that the owners of llm-eval projects have paid for are found after each update."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from support import ROOT

SOURCE = ROOT / "templates/llm-eval/{{cookiecutter.project_slug}}/src"
# As it was written before a request had `send_as`.
KEY = 'https://models.example/v1 {"model":"tiny","prompt":"a","temperature":0.0,"max_tokens":10,"seed":0,"repeat":0}'
ANSWER = '{"text":"kept","prompt_tokens":1,"completion_tokens":1,"milliseconds":1.0,"price":0.0,"failure":""}'
FIND = """
from pathlib import Path
from bench.models.responses import Cache, Request
found = Cache(Path("answers.db"), "https://models.example/v1").get(Request(model="tiny", prompt="a", max_tokens=10))
print(found and found.text)
"""


def test_the_key_of_an_answer_is_the_one_that_it_always_had(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "answers.db")) as file, file:
        file.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL)")
        file.execute("INSERT INTO answers VALUES (?, ?)", [KEY, ANSWER])
    command = [sys.executable, "-B", "-c", f"import sys; sys.path[:0] = [{str(SOURCE)!r}]\n{FIND}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "kept\n", done.stderr
