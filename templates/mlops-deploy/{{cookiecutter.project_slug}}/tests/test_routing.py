"""The router: the canary's share and its lease, what is passed on, and what happens when a slot is gone."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from service.routing.config import RouterConfig
from service.routing.router import AccessLog, Router
from service.routing.routes import JsonRoutes, NginxRoutes

METHODS = ["GET", "HEAD", "POST"]


async def echo(request: Request) -> Response:
    """What arrived, as JSON."""
    target = f"{request.scope['raw_path'].decode()}?{request.url.query}"
    found = {"host": request.url.hostname, "target": target, "headers": dict(request.headers)}
    return JSONResponse({**found, "body": (await request.body()).decode()}, 201)


async def stream(_: Request) -> Response:
    return StreamingResponse(iter(["one ", "two"]))


@pytest.fixture(scope="module")
def slot() -> Iterator[str]:
    """A slot that listens, and its address."""
    app = Starlette(routes=[Route("/stream", stream), Route("/{path:path}", echo, methods=METHODS)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def gone() -> Iterator[str]:
    """The address of a slot that does not listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def ask(
    folder: Path, champion: str, canary: str, *requests: tuple[str, str], share: float = 0, **options: Any
) -> list[Any]:
    """The answers of a router to (method, path)."""
    routes = JsonRoutes(folder / "routes.json")
    routes.set(share)
    config = RouterConfig(champion=champion, canary=canary, max_body_bytes=1000, seconds=2)
    router = Router(config, routes, AccessLog(folder / "access.jsonl"))

    async def send() -> list[Any]:
        transport = httpx2.ASGITransport(router)
        async with httpx2.AsyncClient(transport=transport, base_url="http://hotel.example") as client:
            return [await client.request(method, path, **options) for method, path in requests]

    return asyncio.run(send())


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "access.jsonl").read_text().splitlines()]


def test_a_request_is_passed_on_as_it_is(tmp_path: Path, slot: str) -> None:
    headers = {"x-request-id": "mine", "x-own": "1", "te": "trailers"}
    (answer,) = ask(tmp_path, slot, slot, ("POST", "/a%20b?c=d"), content="text", headers=headers)
    assert answer.status_code == 201
    found = answer.json()
    assert (found["host"], found["target"]) == ("hotel.example", "/a%20b?c=d")
    assert found["body"] == "text"
    assert (found["headers"]["x-own"], found["headers"]["x-request-id"]) == ("1", "mine")
    assert "te" not in found["headers"]
    (line,) = lines(tmp_path)
    assert (line["id"], line["slot"], line["status"], line["retried"]) == ("mine", "champion", 201, False)
    assert 0 < line["ms"] < 2000
    assert abs(line["at"] - time.time()) < 10


def test_answers_without_a_length_and_without_a_body(tmp_path: Path, slot: str) -> None:
    streamed, head, own = ask(tmp_path, slot, slot, ("GET", "/stream"), ("HEAD", "/a"), ("GET", "/-/health"))
    assert streamed.text == "one two"
    assert int(head.headers["content-length"]) > 0
    assert own.json() == {"status": "ready"}
    assert len(lines(tmp_path)) == 2


def test_a_request_gets_an_id(tmp_path: Path, slot: str) -> None:
    asked = [("GET", "/")] * 2
    answers = ask(tmp_path, slot, slot, *asked, headers={"x-request-id": "no good"})
    found = {answer.json()["headers"]["x-request-id"] for answer in answers}
    assert found == {line["id"] for line in lines(tmp_path)}
    assert len(found) == 2


def test_a_canary_that_is_gone_costs_no_request(tmp_path: Path, slot: str, gone: str) -> None:
    (answer,) = ask(tmp_path, slot, gone, ("POST", "/"), share=1, content="text")
    assert answer.json()["body"] == "text"
    (line,) = lines(tmp_path)
    assert (line["slot"], line["status"], line["retried"]) == ("canary", 502, True)


def test_the_canary_does_not_stand_in_for_the_champion(tmp_path: Path, slot: str, gone: str) -> None:
    (answer,) = ask(tmp_path, gone, slot, ("GET", "/"))
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "application/problem+json"
    (line,) = lines(tmp_path)
    assert (line["slot"], line["status"]) == ("champion", 502)


def test_a_body_that_is_too_large(tmp_path: Path, slot: str) -> None:
    (answer,) = ask(tmp_path, slot, slot, ("POST", "/"), content="x" * 1001)
    assert answer.status_code == 413


def test_a_full_disk_costs_lines_and_no_request(tmp_path: Path, slot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.routing.router.os.write", full)
    (answer,) = ask(tmp_path, slot, slot, ("GET", "/"))
    assert answer.status_code == 201


def test_the_share_is_kept_and_grows_without_moving_anybody_back(tmp_path: Path) -> None:
    routes, ids = JsonRoutes(tmp_path / "routes.json"), [f"request {number}" for number in range(4000)]
    before: set[str] = set()
    for share in (0.05, 0.25, 1.0):
        routes.set(share)
        canary = {name for name in ids if routes.slot(name) == "canary"}
        assert len(canary) == pytest.approx(4000 * share, rel=0.15)
        assert before <= canary
        before = canary


def test_the_share_ends_with_its_lease(tmp_path: Path) -> None:
    routes = JsonRoutes(tmp_path / "routes.json")
    routes.set(1.0, 0.2)
    assert routes.slot("a") == "canary"
    time.sleep(0.25)
    assert routes.slot("a") == "champion"


@pytest.mark.parametrize("content", [None, "", "{", '{"share": 7}', '{"share": "much"}'])
def test_without_a_usable_file_the_champion_has_everything(tmp_path: Path, content: str | None) -> None:
    routes = JsonRoutes(tmp_path / "routes.json")
    routes.set(1.0)
    assert routes.share() == 1
    routes.path.unlink() if content is None else routes.path.write_text(content)
    assert routes.share() == 0
    routes.set(0.5)
    assert routes.share() == 0.5


@pytest.mark.parametrize(
    ("share", "block"), [(0.05, "{ 5.00% canary; * champion; }"), (0, "{ * champion; }"), (1, "{ * canary; }")]
)
def test_nginx_gets_the_same_share(tmp_path: Path, share: float, block: str) -> None:
    NginxRoutes(tmp_path / "nginx" / "split.conf").set(share, 10)
    first, second = (tmp_path / "nginx" / "split.conf").read_text().splitlines()
    assert 8 < int(first.removeprefix("# until ")) - time.time() < 12
    assert second == f'split_clients "$asked_id" $slot {block}'
