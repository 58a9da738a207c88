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

from real_site import free_port
from service.routing import router
from service.routing.config import RouterConfig
from service.routing.router import AccessLog, Router
from service.routing.routes import JsonRoutes
from toy_model import wait_for


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
    app = Starlette(routes=[Route("/stream", stream), Route("/{path:path}", echo, methods=["GET", "HEAD", "POST"])])
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
    folder: Path,
    champion: str,
    canary: str,
    *requests: tuple[str, str],
    share: float = 0,
    seconds: float = 60,
    **options: Any,
) -> list[Any]:
    """The answers of a router to (method, path)."""
    found = JsonRoutes(folder / "routes.json")
    found.set(share)
    config = RouterConfig(champion=champion, canary=canary, max_body_bytes=1000, seconds=seconds)
    routing = Router(config, found, AccessLog(folder / "access.jsonl"))

    async def send() -> list[Any]:
        transport = httpx2.ASGITransport(routing)
        async with httpx2.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return [await client.request(method, path, **options) for method, path in requests]

    return asyncio.run(send())


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "access.jsonl").read_text().splitlines()]


def test_a_request_is_passed_on_as_it_is(tmp_path: Path, slot: str) -> None:
    headers = {"x-request-id": "mine", "x-own": "1", "te": "trailers"}
    began = time.time()
    (answer,) = ask(tmp_path, slot, slot, ("POST", "/a%20b?c=d"), content="text", headers=headers)
    seconds = time.time() - began
    assert answer.status_code == 201
    found = answer.json()
    assert (found["host"], found["target"]) == ("shop.example", "/a%20b?c=d")
    assert found["body"] == "text"
    assert (found["headers"]["x-own"], found["headers"]["x-request-id"]) == ("1", "mine")
    assert "te" not in found["headers"]
    (line,) = lines(tmp_path)
    assert (line["id"], line["slot"], line["status"], line["retried"]) == ("mine", "champion", 201, False)
    assert 0 < line["ms"] <= seconds * 1000
    assert 0 <= round(line["at"] - began, 3) <= seconds


def test_answers_without_a_length_and_without_a_body(tmp_path: Path, slot: str) -> None:
    streamed, head, own = ask(tmp_path, slot, slot, ("GET", "/stream"), ("HEAD", "/a"), ("GET", "/-/health"))
    assert streamed.text == "one two"
    assert int(head.headers["content-length"]) > 0
    assert own.json() == {"status": "ready"}
    assert len(lines(tmp_path)) == 2


def test_a_request_gets_an_id(tmp_path: Path, slot: str) -> None:
    answers = ask(tmp_path, slot, slot, *[("GET", "/")] * 2, headers={"x-request-id": "no good"})
    found = {answer.json()["headers"]["x-request-id"] for answer in answers}
    assert found == {line["id"] for line in lines(tmp_path)}
    assert len(found) == 2


@pytest.mark.parametrize(("slot_that_is_gone", "share"), [("canary", 1), ("champion", 1e-9)])
def test_a_slot_that_is_gone_costs_no_request_while_the_canary_has_a_share(
    tmp_path: Path, slot: str, gone: str, slot_that_is_gone: str, share: float
) -> None:
    places = (slot, gone) if slot_that_is_gone == "canary" else (gone, slot)
    (answer,) = ask(tmp_path, *places, ("POST", "/"), share=share, content="text")
    assert answer.json()["body"] == "text"
    (line,) = lines(tmp_path)
    assert (line["slot"], line["status"], line["retried"]) == (slot_that_is_gone, 502, True)


def test_a_canary_without_a_share_does_not_stand_in_for_the_champion(tmp_path: Path, slot: str, gone: str) -> None:
    (answer,) = ask(tmp_path, gone, slot, ("GET", "/"))
    assert answer.status_code == 502
    assert answer.headers["x-request-id"]
    (line,) = lines(tmp_path)
    assert (line["slot"], line["status"]) == ("champion", 502)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a slot that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_all_tries_have_one_deadline(tmp_path: Path, silent: str, slot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try gets an equal part of the time that is left; here none of them takes long."""
    waited, real = list[float](), asyncio.timeout

    def timeout(seconds: float) -> asyncio.Timeout:
        waited.append(seconds)
        return real(0.05 if len(waited) < 5 else seconds)  # the fifth try is the one that is answered

    monkeypatch.setattr(asyncio, "timeout", timeout)
    (answer,) = ask(tmp_path, silent, silent, ("POST", "/"), share=1e-9, seconds=30)
    assert answer.status_code == 502
    assert len(waited) == 3, "the champion twice, and the canary"
    assert waited[0] == pytest.approx(10, rel=0.1)
    (answer,) = ask(tmp_path, slot, silent, ("POST", "/"), share=1, seconds=30, content="text")
    assert answer.json()["body"] == "text", "a canary that hangs leaves time for the champion"


def test_a_body_that_is_too_large(tmp_path: Path, slot: str) -> None:
    (answer,) = ask(tmp_path, slot, slot, ("POST", "/"), content="x" * 1001)
    assert answer.status_code == 413


def test_a_full_disk_costs_lines_and_no_request(tmp_path: Path, slot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.routing.router.os.write", full)
    (answer,) = ask(tmp_path, slot, slot, ("GET", "/"))
    assert answer.status_code == 201


def test_the_answer_of_the_slot_is_the_only_one_with_a_server_and_a_date(
    tmp_path: Path, slot: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def run(app: Any, **options: Any) -> None:
        server = uvicorn.Server(uvicorn.Config(app, **options))
        thread = threading.Thread(target=server.run)
        thread.start()
        wait_for(lambda: server.started)
        answer = httpx2.get(f"http://127.0.0.1:{options['port']}/")
        server.should_exit = True
        thread.join()
        assert [len(answer.headers.get_list(name)) for name in ("server", "date")] == [1, 1]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTER_PORT", str(free_port()))
    monkeypatch.setenv("ROUTER_CHAMPION", slot)
    monkeypatch.setattr(uvicorn, "run", run)
    router.serve()
    assert "GET /" not in capfd.readouterr().err, "the access log is a file"
