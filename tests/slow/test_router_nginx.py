"""Debian's nginx in the router's place: it takes the configuration, splits the requests, and obeys share and lease."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from pathlib import Path

import pytest
from nginx import routing
from projects import Project
from sites import Callers, Site, bookings, copied, lines, slot, until
from support import PATIENCE

Z = 4  # standard deviations of a binomial count that are left to chance
REQUESTS = 800
SPLIT = """
import sys
from service.routing.routes import NginxRoutes

NginxRoutes().set(float(sys.argv[1]), float(sys.argv[2]))
"""
ALIASES = """
import sys
from service.registry import open_registry
from service.settings import load_settings

registry = open_registry(load_settings())
for pair in sys.argv[1:]:
    registry.set_alias(*pair.split("="))
"""


@pytest.fixture(scope="module")
def routed(hotel: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """nginx before two slots: the champion serves version 2, the canary version 4."""
    folder = tmp_path_factory.mktemp("routed")
    with copied(hotel, folder / "site") as site:
        site.do(ALIASES, "champion=2", "challenger=4")
        with slot(site, "champion"), slot(site, "canary"), routing(site, folder / "nginx"):
            yield site


def split(site: Site, share: float, seconds: float = 600) -> None:
    """Give the canary a share as the deployer does, and wait until nginx works with it."""
    scratch = site.folder.parent / "nginx"
    used = scratch / "split.conf"
    before, old = used.read_text(), workers(scratch)
    site.do(SPLIT, str(share), str(seconds))
    wanted = (site.folder / "var/nginx/split.conf").read_text().splitlines()[1]
    until(lambda: wanted in used.read_text(), "nginx reads the share")
    if wanted not in before:
        until(lambda: (now := workers(scratch)) and not now & old, "new workers take over")


def workers(scratch: Path) -> set[str]:
    """The processes that answer for the nginx of this folder, those that finish their last requests with them."""
    master = (scratch / "nginx.pid").read_text().strip()
    children = Path(f"/proc/{master}/task/{master}/children")
    return set(children.read_text().split())


def answered(site: Site, count: int = REQUESTS) -> dict[str, int]:
    """How many of some requests each version answers; a reload of nginx closes connections that wait for the next one."""
    with Callers(site.port, bookings(site), keep=False) as callers:
        until(lambda: len(callers.answers) >= count, f"{count} answers")
    assert callers.lost() == []
    versions = [version for _, _, version in callers.answers]
    return {version: versions.count(version) for version in ("2", "4")}


def fits(own: int, count: int, share: float) -> bool:
    return abs(own - share * count) <= Z * sqrt(share * (1 - share) * count)


def test_the_canary_gets_its_share(routed: Site) -> None:
    assert answered(routed, 100)["4"] == 0, "no share has been given"
    shares = (0.25, 0.05, 1.0)
    for share in shares:
        split(routed, share)
        found = answered(routed)
        print(f"{share:.0%}: {found['4']} of {sum(found.values())}")
        assert [one for one in shares if fits(found["4"], sum(found.values()), one)] == [share], found


def test_a_lease_that_is_over_ends_the_share(routed: Site) -> None:
    for seconds in (12, 60, 300):  # so long that the first answers come before it is over
        split(routed, 1.0, seconds)
        if answered(routed, 20)["2"] == 0:
            break
    else:
        pytest.fail("the share does not hold")
    until(lambda: answered(routed, 100)["4"] == 0, "the share ends", seconds + PATIENCE)


def test_a_split_that_nginx_refuses_changes_nothing(routed: Site) -> None:
    split(routed, 1.0)
    (routed.folder / "var/nginx/split.conf").write_text("# until never\nsplit_clients broken;\n")
    until((routed.folder.parent / "nginx/split.conf.refused").exists, "nginx refuses it")
    assert answered(routed, 100)["2"] == 0


@pytest.mark.parametrize(
    ("alive", "dead", "version", "share"), [("champion", "canary", "4", 0.25), ("canary", "champion", "2", 0.75)]
)
def test_one_that_died_loses_no_request_and_is_blamed(
    site: Site, tmp_path: Path, alive: str, dead: str, version: str, share: float
) -> None:
    site.do(ALIASES, "champion=2", "challenger=4")
    access = site.folder / "var/access.jsonl"
    with slot(site, alive), routing(site, tmp_path / "nginx"):
        with slot(site, dead):
            split(site, 0.25)
            access.write_text("")  # nginx appends
        found = answered(site)
    assert found[version] == 0
    logged = lines(access)
    blamed = [line for line in logged if line["slot"] == dead]
    assert fits(len(blamed), len(logged), share)
    assert {(line["status"], line["retried"]) for line in blamed} == {(502, True)}
    assert {(line["status"], line["retried"]) for line in logged if line not in blamed} == {(200, False)}


def test_the_deployer_promotes_and_rolls_back_behind_nginx(site: Site, tmp_path: Path) -> None:
    """As in compose.yaml: nginx and the slots are there, and the deployer writes only the share."""
    site.do(ALIASES, "champion=2", "challenger=2")
    there = {
        "ROUTER_KIND": "nginx",
        "ROUTER_CHAMPION": site.address("champion"),
        "ROUTER_CANARY": site.address("canary"),
    }
    with slot(site, "champion"), slot(site, "canary"), routing(site, tmp_path / "nginx"):
        # On a reload, nginx closes kept connections, and a caller who writes on one just then must try again.
        with Callers(site.port, bookings(site), keep=False) as callers:
            assert "Version 4 is the champion." in site.service("deploy", "--yes", "4", **there)
            assert "Version 3 was rolled back" in site.service("deploy", "--yes", "3", code=1, **there)
            # nginx looks at the share twice a second.
            until(lambda: set(versions(callers)[-20:]) == {"4"}, "only the champion answers")
        assert site.serves("champion") == "4"
    assert callers.lost() == []
    released = [line for line in site.log() if line["version"] == "4" and line["who"] == "proof"]
    assert [line["to"] for line in released if line["action"] == "routed"] == [0.05, 0.25, 1.0]
    answers = versions(callers)
    assert set(answers) == {"2", "3", "4"}
    assert answers.count("3") < 0.1 * len(answers)


def versions(callers: Callers) -> list[str]:
    """Which version gave each answer, in the order of time."""
    return [version for _, _, version in sorted(callers.answers)]
