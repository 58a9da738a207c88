"""The canary's share: it is a lease, and grows without moving anybody back. And what the router asks nobody for."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from service.routing import routes
from service.routing.config import RouterConfig
from service.routing.router import IDLE_SECONDS, AccessLog, Router
from service.routing.routes import JsonRoutes, NginxRoutes

NOW = 1_451_606_400


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock of the routes, which stands still."""
    found = SimpleNamespace(time=lambda: NOW)
    monkeypatch.setattr(routes, "time", found)
    return found


def test_the_share_is_kept_and_grows_without_moving_anybody_back(tmp_path: Path) -> None:
    found, ids = JsonRoutes(tmp_path / "routes.json"), [f"request {number}" for number in range(4000)]
    before: set[str] = set()
    for share in (0.05, 0.25, 1.0):
        found.set(share)
        canary = {name for name in ids if found.slot(name) == "canary"}
        assert len(canary) == pytest.approx(4000 * share, rel=0.15)
        assert before <= canary
        before = canary


def test_the_share_ends_with_its_lease(tmp_path: Path, clock: SimpleNamespace) -> None:
    found = JsonRoutes(tmp_path / "routes.json")
    found.set(1.0, 10)
    clock.time = lambda: NOW + 9
    assert found.slot("a") == "canary"
    clock.time = lambda: NOW + 10
    assert found.slot("a") == "champion"


@pytest.mark.parametrize("content", [None, "", "{", '{"share": 7}', '{"share": "much"}'])
def test_without_a_usable_file_the_champion_has_everything(tmp_path: Path, content: str | None) -> None:
    found = JsonRoutes(tmp_path / "routes.json")
    found.set(1.0)
    assert found.share() == 1
    found.path.unlink() if content is None else found.path.write_text(content)
    assert found.share() == 0
    found.set(0.5)
    assert found.share() == 0.5


@pytest.mark.parametrize(
    ("share", "block"),
    [(0.05, "{ 5.00% canary; * champion_or_canary; }"), (0, "{ * champion; }"), (1, "{ * canary; }")],
)
def test_nginx_gets_the_same_share(tmp_path: Path, clock: SimpleNamespace, share: float, block: str) -> None:
    NginxRoutes(tmp_path / "nginx" / "split.conf").set(share, 10)
    text = (tmp_path / "nginx" / "split.conf").read_text()
    assert text.splitlines() == [f"# until {NOW + 10}", f'split_clients "$asked_id" $slot {block}']


def test_an_idle_connection_is_given_up_before_the_slot_closes_it() -> None:
    assert uvicorn.Config("service").timeout_keep_alive > IDLE_SECONDS


def test_a_body_that_is_said_to_be_too_large_is_not_waited_for(tmp_path: Path) -> None:
    config = RouterConfig(max_body_bytes=1000)
    routing = Router(config, JsonRoutes(tmp_path / "routes.json"), AccessLog(tmp_path / "access.jsonl"))
    headers = [(b"content-length", b"10000000000")]
    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": headers}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def never() -> Any:
        raise AssertionError("the router waits for a body that it refuses")

    asyncio.run(routing(scope, never, send))
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
