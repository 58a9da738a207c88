"""The drill of mlops-deploy, judged by what its callers, its router, its deployer and its service wrote down."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from math import sqrt

import pytest
from drill_logs import Logs, champion, gap, judged, read
from projects import Project
from scipy.stats import t as student

Z = 4  # standard deviations of a binomial count that are left to chance
WINDOWS = 10  # of requests that a bad version may answer after the one by which it is judged


@pytest.fixture(scope="module")
def logs(hotel: Project) -> Logs:
    return read(hotel.path)


def every_booking_was_sent_once_and_answered(logs: Logs) -> None:
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


def each_canary_had_its_share(logs: Logs) -> None:
    for version in {line["version"] for line in logs.deployer if line["action"] == "routed"}:
        for share, count, own in windows(logs, version):
            print(f"version {version} at {share:.0%}: {own} of {count} requests")
            assert count - own <= at_most(count, 1 - share), (version, share)
            assert own <= at_most(count, share), (version, share)


def the_bad_version_had_no_more_than_the_first_share(logs: Logs) -> None:
    bad = logs.rolled_back
    first = logs.settings["rollout"]["shares"][0]
    assert [share for share, _, _ in windows(logs, bad)] == [first]
    own = logs.of(bad)
    while_it_ran = [one for one in logs.answers if own[0]["at"] <= one["at"] <= own[-1]["at"]]
    assert {one["slot"] for one in own} == {"canary"}
    assert len(own) <= 2 + at_most(len(while_it_ran), first)  # the two by which its time is known


def the_bad_version_was_gone_in_time(logs: Logs) -> None:
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


def the_alarm_led_to_the_retraining(logs: Logs) -> None:
    alarm = logs.alerts[0]
    new = logs.answers[-1]["version"]
    started, *_, finished = logs.release(new)
    actions = [line["action"] for line in logs.release(new)]
    assert (actions[0], actions[-2:]) == ("started", ["promoted", "finished"])
    assert logs.settings["periods"]["reference_to"].isoformat() < alarm["day"] <= logs.of(new)[0]["day"]
    assert alarm["opened_at"] < started["at"]
    assert {one["version"] for one in logs.answers if one["at"] > finished["at"]} == {new}


def the_alarm_fired_when_its_rule_says(logs: Logs) -> None:
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


PROOFS = [
    every_booking_was_sent_once_and_answered,
    each_canary_had_its_share,
    the_bad_version_had_no_more_than_the_first_share,
    the_bad_version_was_gone_in_time,
    the_alarm_led_to_the_retraining,
    the_alarm_fired_when_its_rule_says,
]
Proof = Callable[[Logs], None]


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__)
def test_the_logs_say(logs: Logs, proof: Proof) -> None:
    proof(logs)


def without_an_answer(logs: Logs) -> None:
    logs.callers[5]["status"] = 502


def without_a_booking(logs: Logs) -> None:
    del logs.callers[5]


def sent_twice(logs: Logs) -> None:
    logs.callers.append(logs.callers[5])
    logs.router.append(logs.router[5])


def to_another_slot(logs: Logs) -> None:
    logs.router[5]["slot"] = "canary"


def with_a_larger_share(logs: Logs) -> None:
    for line in logs.router[::10]:
        line["slot"] = "canary"


def with_more_bad_answers(logs: Logs) -> None:
    bad = logs.rolled_back
    begun = next(place for place, one in enumerate(logs.answers) if one["version"] == bad)
    for one in logs.answers[begun : begun + 300 : 5]:
        one["version"], one["slot"] = bad, "canary"


def with_a_late_bad_answer(logs: Logs) -> None:
    bad = logs.rolled_back
    end = next(line["at"] for line in logs.release(bad) if line["action"] == "rolled back")
    next(one for one in logs.answers if one["at"] > end)["version"] = bad


def with_a_slow_rollback(logs: Logs) -> None:
    bad = logs.rolled_back
    begun = next(place for place, one in enumerate(logs.answers) if one["version"] == bad)
    for one in logs.answers[begun:]:
        one["version"] = bad
    next(line for line in logs.release(bad) if line["action"] == "rolled back")["at"] = logs.answers[-1]["at"]


def with_a_late_alarm(logs: Logs) -> None:
    logs.alerts[0]["opened_at"] = logs.answers[-1]["at"]


def with_another_bound(logs: Logs) -> None:
    logs.alerts[0]["bound"] *= 1.01


def with_a_later_alarm_day(logs: Logs) -> None:
    logs.alerts[0]["day"] = logs.answers[-1]["day"]


PLANTED = [
    (without_an_answer, without_a_booking, sent_twice, to_another_slot),
    (with_a_larger_share,),
    (with_more_bad_answers,),
    (with_a_late_bad_answer, with_a_slow_rollback),
    (with_a_late_alarm,),
    (with_another_bound, with_a_later_alarm_day),
]
FAULTS = [(proof, plant) for proof, plants in zip(PROOFS, PLANTED, strict=True) for plant in plants]


@pytest.mark.parametrize(("proof", "plant"), FAULTS, ids=lambda one: one.__name__)
def test_a_fault_in_the_logs_is_seen(logs: Logs, proof: Proof, plant: Proof) -> None:
    doctored = copy.deepcopy(logs)
    plant(doctored)
    with pytest.raises(AssertionError):
        proof(doctored)
