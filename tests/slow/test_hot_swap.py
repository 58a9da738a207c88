"""The champion's alias moves between two versions under load: every request is answered, and none by a third version."""

from __future__ import annotations

import time
from itertools import groupby, pairwise

import pytest
from sites import Callers, Site, bookings, until

REQUESTS = 10_000
FLIPS = 10
VERSIONS = ("2", "4")
FLIP = """
import sys
from service.registry import open_registry
from service.settings import load_settings

open_registry(load_settings()).set_alias("champion", sys.argv[1])
"""


@pytest.fixture
def running(site: Site) -> Site:
    """The site with router and champion."""
    site.service("up")
    return site


def versions_in_turn(callers: Callers) -> list[str]:
    """The versions that answered, a long run of one as one: at a swap, answers of both are under way."""
    ordered = [version for _, status, version in sorted(callers.answers) if status == 200]
    return [version for version, same in groupby(ordered) if len(list(same)) > callers.count]


def test_ten_swaps_drop_none_of_ten_thousand_requests(running: Site) -> None:
    started = time.monotonic()
    with Callers(running.port, bookings(running)) as callers:
        for version in VERSIONS * (FLIPS // 2):
            running.do(FLIP, version)  # the champion looks at its alias each second
            until(lambda version=version: running.serves("champion") == version, f"version {version} serves")
        until(lambda: len(callers.answers) >= REQUESTS, f"{REQUESTS} requests")
    took = time.monotonic() - started
    print(f"{len(callers.answers)} requests in {took:.0f} s, {len(callers.lost())} lost")
    assert len(callers.answers) >= REQUESTS
    assert callers.lost() == []
    assert {version for _, _, version in callers.answers} <= set(VERSIONS)
    turns = versions_in_turn(callers)
    assert sum(before != after for before, after in pairwise(turns)) >= FLIPS - 1, turns  # it served 4 before
    assert "Traceback" not in (running.folder / "var/champion.log").read_text("utf-8")


def test_a_version_that_cannot_be_served_is_refused_and_the_old_one_goes_on(running: Site) -> None:
    serving = running.serves("champion")
    broken = next(version for version in VERSIONS if version != serving)
    for model in (running.folder / "registry/artifacts").glob("*/model.onnx"):
        model.write_bytes(model.read_bytes()[:-1] + b"?")  # what serves is in memory
    with Callers(running.port, bookings(running)) as callers:
        running.do(FLIP, broken)
        log = running.folder / "var/champion.log"
        until(lambda: "is not the file that was registered" in log.read_text("utf-8"), "the refusal in the log")
        before = len(callers.answers)
        until(lambda: len(callers.answers) > before + 200, "more requests")
    assert callers.lost() == []
    assert {version for _, _, version in callers.answers} == {serving}
