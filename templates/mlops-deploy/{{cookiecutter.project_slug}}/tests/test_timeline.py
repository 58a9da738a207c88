"""What the reports say happened is what the logs say, and nothing else."""

from pathlib import Path

import pytest

import toy_parcels as toy
import watched
from service import figures, timeline
from service.reporting.sections import FIGURES
from service.settings import Settings


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which version 1 was released, 2 was rolled back, and 1 raised an alarm."""
    folder = tmp_path_factory.mktemp("told")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        watched.tell(toy.put(folder, alarm=watched.ALARM))
    return folder


@pytest.fixture
def settings(project: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(project)
    shelf = watched.Shelf([watched.trained(name) for name in ("logistic", "boosting")], {"champion": "1"})
    watched.install(shelf, monkeypatch)
    return toy.put(project, alarm=watched.ALARM)


def test_requests_are_those_of_the_callers(settings: Settings) -> None:
    drill, _ = timeline.gather(settings)
    assert (drill["requests"], drill["lost"]) == (toy.ROWS, 2)
    assert drill["first_day"] == toy.FIRST.isoformat()
    assert sum(one["requests"] for one in drill["versions"]) == toy.ROWS


def test_the_bad_version_is_counted_from_its_own_answers(settings: Settings) -> None:
    drill, _ = timeline.gather(settings)
    (bad,) = drill["rolled_back"]
    answers = {one["version"]: one for one in drill["versions"]}
    assert (bad["version"], bad["champion"], bad["why"]) == ("2", "1", "worse")
    assert bad["seconds"] == 1.5  # since the first judgement that it is worse
    assert bad["own"] == answers["2"]["requests"] == answers["2"]["n"]
    assert bad["own"] < bad["n"] < toy.ROWS
    assert bad["share"] == bad["own"] / bad["n"], "the headline tells it, and the checklist looks for it in the reports"
    assert (answers["2"]["first_day"], answers["2"]["last_day"]) == ("2024-03-01", "2024-03-02")


def test_the_story_is_told_in_order_with_its_days(settings: Settings) -> None:
    drill, _ = timeline.gather(settings)
    told = [(event["event"], event["version"], event["evidence"]) for event in drill["events"]]
    assert told == [
        ("promoted", "1", timeline.FIRST),
        ("rolled back", "2", "worse"),
        ("alarm", "1", "calibration gap +0.200 (bound 0.100)"),
    ]
    assert [event["day"] for event in drill["events"]] == ["2024-01-01", "2024-03-02", "2024-04-25"]
    assert [(alarm["days"], alarm["closed"]) for alarm in drill["alarms"]] == [(10, None)]


def test_without_logs_the_reports_stay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    found = timeline.gather(settings)
    monkeypatch.setattr(timeline, "CLIENT", Path("var/nothing.jsonl"))
    assert timeline.gather(settings) == found
    monkeypatch.setattr(timeline, "DRILL", Path("reports/none.json"))
    monkeypatch.setattr(timeline, "HISTORY", Path("reports/none.json"))
    assert timeline.gather(settings) == ({}, {})


def test_the_same_numbers_give_the_same_figures(settings: Settings) -> None:
    drill, history = timeline.gather(settings)
    history["history"] = [watched.measured("2024-03-20", 0.02, None), watched.measured("2024-04-20", 0.2, 0.1)]
    drawn = []
    for _ in range(2):
        figures.draw(drill, history, 60)
        drawn.append({path.name: path.read_bytes() for path in FIGURES.glob("*.svg")})
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {f"{name}.svg" for name in figures.CAPTIONS}
    assert all(b"<dc:date>" not in content for content in drawn[0].values())
