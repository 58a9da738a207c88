"""Only reviewers see cases and decide them: a token says who it is, and nothing else does."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import toy_case
from capstone import reviewers
from capstone.__main__ import main
from capstone.reviewers import ReviewersError
from printed_logs import printed_logs
from toy_case import ask

ROUTES = [
    ("GET", "/cases"),
    ("GET", "/cases/{case}"),
    ("POST", "/cases/{case}/review"),
    ("GET", "/audit"),
    ("GET", "/monitoring"),
]
BODIES = {"POST": {"action": "accept"}}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def answers(client: TestClient, headers: dict[str, str]) -> list[Any]:
    """Of each route that is for reviewers, to somebody with these headers."""
    case = ask(client).split("/")[2]
    del client.headers["authorization"]
    return [
        client.request(method, path.format(case=case), headers=headers, json=BODIES.get(method))
        for method, path in ROUTES
    ]


@pytest.mark.parametrize(
    "headers",
    [{}, bearer(""), bearer("x" * 43), {"authorization": "Basic QWRhOng="}, {"authorization": b"Bearer \xff"}],
)
def test_without_a_token_nothing_is_shown_or_decided(client: TestClient, tmp_path: Path, headers: Any) -> None:
    for answer in answers(client, headers):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == {
            "detail": "This needs the token of a reviewer: send it as 'Authorization: Bearer ...'."
        }
    assert [event.kind for event in toy_case.log(tmp_path).events()] == ["answered"]


def test_a_token_opens_what_is_for_reviewers_and_the_document_says_so(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    protected = {
        (method.upper(), path) for path in paths for method in paths[path] if "security" in paths[path][method]
    }
    assert protected == set(ROUTES)
    assert [answer.status_code for answer in answers(client, dict(client.headers))] == [200, 200, 201, 200, 200]


def test_the_log_has_the_name_of_the_token(client: TestClient, tmp_path: Path) -> None:
    tokens = {
        name: reviewers.add(name, tmp_path / "reviewers.toml")
        for name in ("Grace O'Neil", '李小龙 "Li" 葛\U000e0100城')
    }
    for name, token in tokens.items():
        address = ask(client)
        assert client.get("/cases", headers=bearer(token)).json()["reviewer"] == name
        decided = client.post(address, json={"action": "accept"}, headers=bearer(token)).json()
        assert decided["review"]["content"]["reviewer"] == name


def test_a_token_ends_with_its_line_and_with_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "reviewers.toml"
    old, ada, grace = (reviewers.add(name, file) for name in ("Ada", "Ada", "Grace"))
    assert [reviewers.name_of(token, file) for token in (old, ada, grace)] == [None, "Ada", "Grace"]
    text = file.read_text()
    assert not [token for token in (ada, grace) if token in text]
    file.write_text("".join(line for line in text.splitlines(keepends=True) if "Ada" not in line))
    assert [reviewers.name_of(token, file) for token in (ada, grace)] == [None, "Grace"]
    file.unlink()
    assert reviewers.name_of(grace, file) is None


@pytest.mark.parametrize("name", ["", "  ", "A\nB", "A\u202eB", "\x00", "x" * 81])
def test_a_name_must_be_one_that_can_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReviewersError, match="say whose token it is"):
        reviewers.add(name, tmp_path / "reviewers.toml")


@pytest.mark.parametrize("text", ["Ada = 1", 'Ada = "a token"', "Ada", "\xff"])
def test_a_file_that_cannot_be_read_lets_nobody_in(client: TestClient, tmp_path: Path, text: str) -> None:
    (tmp_path / "reviewers.toml").write_text(text, encoding="latin-1")
    answer = client.get("/cases")
    assert answer.status_code == 503
    assert "reviewers.toml cannot be used" in answer.json()["detail"]


def test_the_command_shows_a_token_once_and_no_log_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["reviewer", "Grace Hopper"]) == 0
    said, token = capsys.readouterr().out.splitlines()
    assert said.startswith("Grace Hopper reviews at /review with this token")
    assert token not in (tmp_path / reviewers.FILE).read_text()
    with printed_logs():
        other = toy_case.client(tmp_path / "other")
        for client in (toy_case.client(tmp_path, reviewers=tmp_path / reviewers.FILE), other):
            client.get("/cases", headers=bearer(token))
    printed = capsys.readouterr().out
    assert [json.loads(line)["status"] for line in printed.splitlines() if '"route"' in line] == [200, 401]
    assert token not in printed
    assert main(["reviewer", ""]) == 2
    assert "make reviewer NAME=" in capsys.readouterr().err
