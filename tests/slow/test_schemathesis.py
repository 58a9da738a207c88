"""Schemathesis with all its checks finds nothing in a served project that its OpenAPI document does not say."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from projects import Project, run
from service import reviewer, serving

TOKEN = "a-token-for-the-proof"
EXAMPLES = 25  # of each operation and phase
LEAST_CASES = {True: 200, False: 30}  # whether an operation takes a body
# A file may hold anything, JSON too, but Schemathesis takes a part of that type for an object in place of a file.
SETTINGS = """[[operations]]
include-name = "POST /documents"
checks.negative_data_rejection.enabled = false
"""


@pytest.mark.parametrize("protected", [False, True], ids=["open", "protected"])
def test_the_service_does_what_its_document_says(default: Project, tmp_path: Path, protected: bool) -> None:
    variables = re.findall(r"^#? ?([A-Z]+_(?:PORT|TOKEN|TOKEN_TO_ASK))=", default.read(".env.example"), re.MULTILINE)
    given = {name: TOKEN if name.endswith("_TOKEN") else "true" for name in variables if "TOKEN" in name}
    has_reviewers = (default.path / "src/capstone/reviewers.py").exists()
    if protected and not given and not has_reviewers:
        pytest.skip("this service has no token")
    folder = tmp_path / "project"
    shutil.copytree(default.path, folder, ignore=shutil.ignore_patterns(".venv", ".git"))
    token = reviewer(default, folder, "Ada") if has_reviewers else TOKEN
    port = next(name for name in variables if name.endswith("_PORT"))
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    with serving(default, folder, port, given if protected else {}) as address:
        said = run(
            *(Path(sys.executable).with_name("schemathesis"), "run", f"{address}/openapi.json"),
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", EXAMPLES),
            *("--generation-deterministic", "--no-color", "--workers", 1),
            *(("--header", f"Authorization: Bearer {token}") if protected else ()),
            cwd=tmp_path,
        )
        with urlopen(f"{address}/openapi.json") as document:
            takes_a_body = b'"requestBody"' in document.read()
        with urlopen(f"{address}/metrics") as answer:
            answered = set(re.findall(r'http_requests_total\{.*status="(\d+)"', answer.read().decode()))
    counted = re.search(r"(\d+) generated, (\d+) passed", said)
    assert counted, said[-4000:]
    print(f"{default.path.name}, {'protected' if protected else 'open'}: {counted[0]}; statuses {sorted(answered)}")
    assert int(counted[1]) >= LEAST_CASES[takes_a_body]
    assert answered >= {"200", "405"} | ({"422"} if takes_a_body else set()) | ({"401"} if protected else set())
    assert "429" not in answered, "the brake on wrong tokens hid the service from the run"
