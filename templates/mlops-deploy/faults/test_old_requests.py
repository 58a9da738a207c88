"""A window is about the requests since it began."""

import json
from pathlib import Path

from service.deploying.analysis import Window


def write(log: Path, status: int, count: int) -> None:
    with log.open("a") as file:
        file.writelines(json.dumps({"slot": "canary", "status": status, "ms": 1.0}) + "\n" for _ in range(count))


def test_earlier_requests_do_not_count(tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    write(log, 500, 30)
    window = Window(log)
    window.read()
    assert window.count("canary") == 0
    write(log, 200, 20)
    window.read()
    assert (window.count("canary"), window.count("canary", 500)) == (20, 0)
