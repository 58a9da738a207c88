"""The drill of mlops-deploy and what its documents tell of it, judged by what its callers, its router, its deployer and its
service wrote down.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from math import sqrt

import pytest
from drill_logs import Logs, auc, brier, champion, gap, judged, read
from printed import shows
from projects import Project
from scipy.stats import t as student
from test_runs import measured

DAY = re.compile(r"\d{4}-\d\d-\d\d")
Z = 4  # standard deviations of a binomial count that are left to chance
WINDOWS = 10  # of requests that a bad version may answer after the one by which it is judged


@pytest.fixture(scope="module")
def logs(hotel: Project) -> Logs:
    return read(hotel.path)


def test_every_booking_was_sent_once_and_answered(logs: Logs) -> None:
    assert [line for line in logs.callers if line["status"] != 200] == []
    assert sorted(line["day"] for line in logs.callers) == sorted(logs.booked.values())
    assert sorted((one["reference"], one["day"]) for one in logs.answers) == sorted(logs.booked.items())
    told = sorted((line["id"], line["version"]) for line in logs.callers)
    assert told == sorted((one["id"], one["version"]) for one in logs.answers)
    assert sorted(line["id"] for line in logs.router) == [name for name, _ in told]
    slots = {line["id"]: line["slot"] for line in logs.router}
    assert [one for one in logs.answers if slots[one["id"]] != one["slot"]] == []


def windows(logs: Logs, version: str) -> list[tuple[float, int, int]]:
    """For each share that a release gave its canary: the share, the requests meanwhile, and those that the canary got.

    Both ends are times at which this share held: the deployer logs it when it is set, and its analysis before the next.
    """
    found = []
    for line, following in pairwise(logs.release(version)):
        if line["action"] == "routed":
            inside = [one for one in logs.router if line["at"] <= one["begun"] <= following["at"]]
            found.append((line["to"], len(inside), sum(one["slot"] == "canary" for one in inside)))
    return found


def at_most(count: int, share: float) -> float:
    """So many of `count` requests may go to a canary that has this share."""
    return share * count + Z * sqrt(share * (1 - share) * count)


def test_each_canary_had_its_share(logs: Logs) -> None:
    for version in {line["version"] for line in logs.deployer if line["action"] == "routed"}:
        for share, count, own in windows(logs, version):
            print(f"version {version} at {share:.0%}: {own} of {count} requests")
            assert count - own <= at_most(count, 1 - share), (version, share)
            assert own <= at_most(count, share), (version, share)


def test_the_bad_version_had_no_more_than_the_first_share(logs: Logs) -> None:
    bad = logs.rolled_back
    first = logs.settings["rollout"]["shares"][0]
    assert [share for share, _, _ in windows(logs, bad)] == [first]
    own = logs.of(bad)
    while_it_ran = [one for one in logs.answers if own[0]["at"] <= one["at"] <= own[-1]["at"]]
    assert {one["slot"] for one in own} == {"canary"}
    assert len(own) <= 2 + at_most(len(while_it_ran), first)  # the two by which its time is known


def test_the_bad_version_was_gone_in_time(logs: Logs) -> None:
    """It answers few requests after the one that made its first window complete, and none after the end."""
    bad = logs.rolled_back
    release = {line["action"]: line["at"] for line in logs.release(bad)}
    asked = [line["at"] for line in logs.router if line["slot"] == "canary" and line["at"] >= release["routed"]]
    rollout = logs.settings["rollout"]
    complete = max(asked[rollout["window_requests"] - 1], release["routed"] + rollout["least_seconds"])
    late = [one for one in logs.of(bad) if one["at"] > complete]
    print(f"{len(late)} answers after the window; end {release['rolled back'] - complete:.1f} s after it")
    assert len(late) <= WINDOWS * rollout["window_requests"]
    assert bad not in {one["version"] for one in logs.answers if one["at"] > release["rolled back"]}


def test_the_alarm_led_to_the_retraining(logs: Logs) -> None:
    alarm = logs.alerts[0]
    new = logs.answers[-1]["version"]
    started, *_, finished = logs.release(new)
    actions = [line["action"] for line in logs.release(new)]
    assert (actions[0], actions[-2:]) == ("started", ["promoted", "finished"])
    assert logs.settings["periods"]["reference_to"].isoformat() < alarm["day"] <= logs.of(new)[0]["day"]
    assert alarm["opened_at"] < started["at"]
    assert {one["version"] for one in logs.answers if one["at"] > finished["at"]} == {new}


def test_the_alarm_fired_when_its_rule_says(logs: Logs) -> None:
    """The bound from the champion's held-out outcomes, and the first day that ends a long enough streak of its own."""
    rule, alarm = logs.settings["alarm"], logs.alerts[0]
    length, least = rule["window_days"], rule["least_outcomes"]
    streak, day, before = 0, logs.settings["periods"]["reference_from"], ""
    while streak < rule["days"]:
        day += timedelta(days=1)
        version = champion(logs, day)
        rows = judged(logs, day, length, version)
        if version != before:
            streak, before = 0, version
        if len(rows) >= least:
            held_out = logs.held_out[version]
            part = sum(one**2 for one in held_out["gaps"]) / len(held_out["gaps"])
            window = part * held_out["days"] / len(held_out["gaps"]) / length
            chance = sum(score * (1 - score) for score, _ in rows) / len(rows) ** 2
            bound = float(student.ppf(0.995, len(held_out["gaps"]))) * sqrt(max(window, chance))
            streak = streak + 1 if gap(rows) > bound else 0
    print(f"bound {bound:.3f}, alarm on {day}")
    assert alarm["bound"] == pytest.approx(bound, rel=1e-3)
    assert alarm["day"] == day.isoformat()


def table(project: Project, heading: str) -> list[list[str]]:
    """The rows of cells, without the head, of the measured table that begins with this heading; it stands once."""
    documents = [project.read(name) for name in project.measured_blocks]
    blocks = "\n\n".join(block for text in documents for block in measured(text).values())
    (found,) = (part.splitlines() for part in blocks.split("\n\n") if part.startswith(heading))
    return [row.strip().removeprefix("|").removesuffix("|").strip().split(" | ") for row in found[2:]]


def test_the_headline(hotel: Project, logs: Logs) -> None:
    text = measured(hotel.read("README.md"))["headline"]
    bad = logs.rolled_back
    release = {line["action"]: line["at"] for line in logs.release(bad)}
    while_it_ran = [one for one in logs.answers if release["canary started"] <= one["at"] <= release["rolled back"]]
    own = sum(one["version"] == bad for one in while_it_ran)
    assert shows(text, len(logs.callers))
    assert "none was lost" in text
    assert own == len(logs.of(bad))
    assert shows(text, own)
    assert shows(text, own / len(while_it_ran))
    (compared,) = (line["evidence"] for line in logs.release(bad) if line["action"] == "compared")
    assert [shows(text, check["value"]) for check in compared if check["passed"] is False] == [True]
    assert set(DAY.findall(text)) >= {min(logs.booked.values()), max(logs.booked.values()), logs.alerts[0]["day"]}


def test_the_table_of_versions(hotel: Project, logs: Logs) -> None:
    versions = table(hotel, "| Version | Answered |")
    last = max(logs.booked.values())
    assert [row[0] for row in versions] == [
        f"v{version}" for version in sorted({one["version"] for one in logs.answers})
    ]
    for name, answered, first_day, last_day, known, area, score in versions:
        own = logs.of(name.removeprefix("v"))
        outcomes = ((one["score"], logs.known[one["reference"]]) for one in own)
        rows = [(found, outcome) for found, (day, outcome) in outcomes if day <= last]
        assert (first_day, last_day) == (min(one["day"] for one in own), max(one["day"] for one in own))
        assert shows(answered, len(own)), name
        assert shows(known, len(rows)), name
        assert shows(area, auc(rows)), name
        assert shows(score, brier(rows)), name
