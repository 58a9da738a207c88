"""The comparison of a canary on outcomes: which rows it uses, its three answers, and how often these are wrong."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import toy_site
from service import deploying
from service.deploying import approval
from service.deploying.analysis import Check, replay_checks
from service.deploying.comparison import unseen, verdict
from service.deployments import LOG, Log
from service.routing.routes import VAR, JsonRoutes
from service.settings import Rollout, Settings, Slo, load_settings
from toy_site import BAD, GOOD, FakeSlots, FileRegistry, actions, lines

ROOT = Path(__file__).parents[1]
TRAINED = "2015-12-31"  # the training day of each version of the toy site
RELEASES = 300
NOISE = 0.045  # of the scores around the true chance; two such versions differ as two versions of shipped rows do


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    toy_site.take_its_place(monkeypatch)
    monkeypatch.setattr(approval, "open_registry", FileRegistry)
    return toy_site.make(tmp_path)


def shift_known_days(day: str) -> None:
    with sqlite3.connect(VAR / "service.db") as database:
        database.execute("UPDATE outcomes SET known_on = ? WHERE reference <> 'later'", [day])


def undecided(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A canary whose Brier score is worse by about the bound."""
    scores = FakeSlots.scores
    monkeypatch.setattr(
        FakeSlots, "scores", lambda self, name, rows: [x + 0.2 * (name == "canary") for x in scores(self, name, rows)]
    )
    return settings.model_copy(update={"slo": Slo(brier_increase=0.04, calibration_gap=0.5, prediction_shift=9)})


def test_only_rows_that_came_after_the_training_day_and_whole_days_are_used(settings: Settings) -> None:
    assert unseen("2016-01-01", 500) == []
    assert len(unseen(TRAINED, 500)) == 200
    assert {row["known_on"] for row in unseen(TRAINED, 500)} == {"2016-01-01"}, "2016-01-02 may not be over"
    assert unseen(TRAINED, 7) == unseen(TRAINED, 500)[:7], "a second look keeps the rows of the first"


def test_the_evidence_of_a_comparison_is_younger_than_both_versions(settings: Settings) -> None:
    assert deploying.deploy(settings, GOOD, yes=True) == 0
    (line,) = (line for line in lines() if line["action"] == "compared")
    assert line["why"] == "shown to be no worse, by 100 outcomes"
    assert {(one["name"], one["passed"], one["n"]) for one in line["evidence"]} == {
        ("brier_increase", True, 100),
        ("calibration_gap", True, 100),
    }
    for one in line["evidence"]:
        assert TRAINED < one["first_day"] <= one["last_day"]


def test_the_later_training_day_of_the_two_counts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    files = FileRegistry.files

    def later_champion(self: FileRegistry, version: str) -> object:
        found = files(self, version)
        found.manifest.known_until = date(2016, 1, 1) if version == "1" else date(2015, 6, 1)
        return found

    monkeypatch.setattr(FileRegistry, "files", later_champion)
    rollout = settings.rollout.model_copy(update={"most_days": 0})
    assert deploying.deploy(settings.model_copy(update={"rollout": rollout}), GOOD, yes=True) == 1
    assert lines()[-1]["why"] == "not shown to be no worse: 0 of 100 outcomes after 2016-01-01, and 0 days are over"


@pytest.mark.parametrize("known_on", ["2015-12-30", TRAINED])
def test_rows_that_a_version_was_trained_on_show_nothing(settings: Settings, known_on: str) -> None:
    shift_known_days(known_on)
    rollout = settings.rollout.model_copy(update={"most_days": 0})
    assert deploying.deploy(settings.model_copy(update={"rollout": rollout}), GOOD, yes=True) == 1
    assert actions()[-2:] == ["waiting", "not shown"]
    assert lines()[-1]["why"] == f"not shown to be no worse: 0 of 100 outcomes after {TRAINED}, and 0 days are over"
    assert (FileRegistry(settings).aliases(), JsonRoutes().share()) == ({"champion": "1"}, 0)
    assert not Path("canary").exists()


def test_what_is_not_shown_is_released_by_a_named_person_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unsure = undecided(settings, monkeypatch)
    assert deploying.deploy(unsure, GOOD, yes=True) == 1
    compared = [line["evidence"][0]["n"] for line in lines() if line["action"] == "compared"]
    assert compared == [100, 200], "as many looks as the settings allow"
    assert "was not released: not shown to be no worse, by 200 outcomes" in capsys.readouterr().out
    assert deploying.deploy(unsure, GOOD, yes=True) == 1, "--yes is no override"
    deploying.sign(unsure, GOOD, "Ines", "outcomes take a year", "override")
    assert deploying.deploy(unsure, GOOD, yes=True) == 0
    (line,) = (line for line in lines() if line["action"] == "overridden")
    assert "not shown to be no worse" in line["why"]
    assert "Ines" in line["why"]
    assert "outcomes take a year" in line["why"]


def test_what_is_shown_to_be_worse_cannot_be_overridden(settings: Settings) -> None:
    deploying.sign(settings, BAD, "Ines", "a try", "override")
    assert deploying.deploy(settings, BAD, yes=True) == 1
    assert lines()[-1]["action"] == "rolled back"
    assert lines()[-1]["why"].startswith("shown to be worse (Brier score 0.")


def test_a_canary_has_no_share_while_outcomes_are_awaited(settings: Settings) -> None:
    shares = []

    def look(point: str) -> None:
        if point == "compare 1: compared logged":
            shares.append(JsonRoutes().share())

    assert deploying.deploy(settings, GOOD, yes=True, checkpoint=look) == 0
    assert shares == [0]


def test_the_evidence_of_this_project_is_younger_than_its_versions() -> None:
    """Where releases have been made: the training day of the version is before the first day of each comparison."""
    log = Log(ROOT / LOG).lines()
    for line in log:
        if line["action"] == "waiting":
            later = [one for one in log if (one["deployment"], one["action"]) == (line["deployment"], "compared")]
            for check in (check for one in later for check in one["evidence"]):
                assert line["from"] < check["first_day"] <= check["last_day"]


def release(increase: float, random: np.random.Generator, rollout: Rollout, slo: Slo) -> str:
    """What the looks of one release say of a canary whose true Brier score is worse by `increase`."""
    rows = rollout.replay_rows * rollout.most_looks
    chance = random.beta(1.5, 7, rows)
    outcomes = random.random(rows) < chance
    champion, canary = (chance + random.normal(0, (NOISE**2 + more) ** 0.5, rows) for more in (0, increase))
    checks: Sequence[Check] = []
    for count in range(rollout.replay_rows, rows + 1, rollout.replay_rows):
        checks = replay_checks(canary[:count], champion[:count], outcomes[:count], slo, rollout.most_looks)
        if verdict(checks) != "not shown":
            break
    return verdict(checks)


@pytest.mark.parametrize(("times", "least", "most"), [(0, 0.8, 1.0), (1, 0.0, 0.05), (2, 0.0, 0.05)])
def test_how_often_a_release_is_decided_wrongly(times: int, least: float, most: float) -> None:
    """Simulated with the sizes in settings.toml: a canary that is equal, and worse by once and twice the bound."""
    settings, random = load_settings(ROOT / "settings.toml"), np.random.default_rng(1)
    rollout, slo = settings.rollout, settings.slo
    answers = [release(times * slo.brier_increase, random, rollout, slo) for _ in range(RELEASES)]
    promoted = answers.count("no worse") / RELEASES
    print({answer: answers.count(answer) / RELEASES for answer in ("no worse", "not shown", "worse")})
    assert least <= promoted <= most, "choose other sizes in [rollout], or another bound in [slo]"
