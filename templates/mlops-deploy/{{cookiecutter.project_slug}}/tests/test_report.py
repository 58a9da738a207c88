"""The documents say what the reports hold, and nothing in them can break out of its place."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import toy_model
import toy_parcels as toy
import watched
from service import evaluation, figures, report, timeline
from service.serving.page import render_page
from service.settings import Settings

FIRST = ["picture", "headline", "data", "drill", "answered", "results", "gates", "errors", "latency", "load"]
NEXT = ["training", "slices", "alarm", "psi", "scores", "figures", "worst", "bounds"]
NAMES = [*FIRST, *NEXT, "provenance", "versions", "model-index", "experiments"]
NOT_MEASURED = "_Not measured yet: run `make demo`._"
EVIL = '<script>alert("1")</script> | [x](javascript:y)'


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is known after a drill; the reports lie in the folder `where`."""
    folder = tmp_path_factory.mktemp("report")
    settings = toy.put(folder, alarm=watched.ALARM)
    candidates = [watched.trained(name) for name in ("logistic", "boosting")]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        watched.install(watched.Shelf(candidates, {"champion": "1", "previous": "2"}), patch)
        watched.tell(settings)
        evaluation.evaluate(settings)
        drill, history = timeline.gather(settings)
    history["history"] = [watched.measured("2024-03-20", 0.02, None), watched.measured("2024-04-20", 0.2, 0.1)]
    return {"settings": settings, "drill": drill, "history": history, "where": folder}


@pytest.fixture
def facts(known: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(known["where"])
    return report.facts(known["settings"], known["drill"], known["history"])


def test_every_block_is_filled(facts: dict[str, Any]) -> None:
    rendered = report.render(facts)
    assert sorted(rendered) == sorted(NAMES)
    assert all(text.strip() and NOT_MEASURED not in text for name, text in rendered.items())
    assert rendered["headline"].startswith("**Version 2 was rolled back on 2024-03-02, and nobody had to act.**\n")
    assert "Version 1 answered the next " in rendered["headline"]
    assert "**2 were lost**" in rendered["headline"]
    assert "fired on **2024-04-25**" in rendered["headline"]
    assert "| 2 | 2024-03-02 | v2 | rolled back | worse |" in rendered["drill"]
    assert re.search(r"## v2\n\nboosting, trained on .*\n## v1\n", rendered["versions"], re.DOTALL)


def test_what_is_not_measured_is_not_told(facts: dict[str, Any], known: dict[str, Any]) -> None:
    rendered = report.render(facts | {"drill": {}, "history": {}})
    for name in ("headline", "drill", "training", "versions", "alarm", "psi", "figures"):
        assert rendered[name].strip() == NOT_MEASURED, name


def test_the_picture_is_the_timeline_until_there_is_one_of_the_page(facts: dict[str, Any]) -> None:
    assert "figures/timeline.svg" in report.render(facts)["picture"]
    assert "docs/screenshot.png" in report.render(facts | {"screenshot": "a picture"})["picture"]


def test_of_a_release_without_traffic_no_share_of_the_requests_is_told(facts: dict[str, Any]) -> None:
    ended = [one | {"n": 0, "own": 0} for one in facts["drill"]["rolled_back"]]
    headline = report.render(facts | {"drill": facts["drill"] | {"rolled_back": ended}})["headline"]
    assert "were replayed to the service" in headline
    assert "As the canary, it answered 0 parcels.\nThen the analysis caught it" in headline


def test_foreign_text_stays_text(facts: dict[str, Any]) -> None:
    events = [one | {"evidence": EVIL} for one in facts["drill"]["events"]]
    lines = [one | {"who": EVIL, "why": EVIL} for one in facts["log"]]
    facts |= {"drill": facts["drill"] | {"events": events}, "log": lines}
    figures.draw(facts["drill"], facts["history"], 60)
    page, rendered = report.page(facts), report.render(facts)
    assert "<script" not in page + rendered["drill"] + rendered["versions"]
    assert r"\[x\](javascript:y)" in rendered["drill"]
    assert not re.search(r"(?<!\\)\[x", rendered["drill"] + rendered["versions"])
    assert "alert(&#34;1&#34;)" in page


def test_the_page_is_one_file_that_loads_nothing(facts: dict[str, Any]) -> None:
    figures.draw(facts["drill"], facts["history"], 60)
    page = report.page(facts)
    assert page.count("<img") == page.count('src="data:image/svg+xml;base64,') == 4
    assert not re.findall(r"(?:src|href)=\"(?!data:|https://github\.com/)", page)  # a link to this repository
    assert all(re.findall(r'<img [^>]*alt="([^"]*)"', page))


@pytest.mark.usefixtures("facts")
def test_the_page_of_the_service_begins_with_the_rollback() -> None:
    page = render_page("1", toy_model.manifest(task="a parcel is late"), "champion", Path("reports"))
    assert "Gives the probability that <em>a parcel is late</em>." in page
    assert page.index("Version 2 was rolled back on 2024-03-02, and nobody had to act") < page.index("<form")
    assert "2 requests got no answer" in page


def test_only_the_blocks_are_rewritten(known: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = known["settings"]
    monkeypatch.chdir(known["where"])
    monkeypatch.setattr(timeline, "gather", lambda _: (known["drill"], known["history"]))
    Path("scaffolder.toml").write_text('[blocks]\n"README.md" = ["headline", "gates"]\n', encoding="utf-8")
    marks = "".join(f"<!-- measured:{name} -->\n<!-- /measured:{name} -->\n" for name in ("headline", "gates"))
    Path("README.md").write_text(f"# Mine\n\n{marks}", encoding="utf-8")
    assert report.write(settings) == [Path("README.md")]
    text = Path("README.md").read_text(encoding="utf-8")
    assert text.startswith("# Mine\n\n")
    assert "passed" in text.partition("<!-- measured:gates -->\n")[2].partition("<!-- /measured:gates -->")[0]
    assert report.PAGE.exists()
    assert report.write(settings) == []


def test_the_contract_names_only_blocks_that_there_are() -> None:
    listed = tomllib.loads((toy.ROOT / "scaffolder.toml").read_text(encoding="utf-8"))["blocks"]
    named = {name for names in listed.values() for name in names}
    assert "headline" in named
    assert named <= set(NAMES)
