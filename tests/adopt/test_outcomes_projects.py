"""mlops-deploy about its owner's rows: nothing of the bookings is left, and no work of people is thrown away."""

from __future__ import annotations

import fcntl
import gzip
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from own_parcels import parcels, table, write
from support import Outcome, git, on_disk, refused, rendered

from scaffolder.adopt import kinds
from scaffolder.adopt.kind import Options
from scaffolder.template import catalog

pytestmark = pytest.mark.slow

Run = Callable[..., Outcome]
SAID = ["--id", "No", "--time", "Sent on", "--known", "Arrived", "--target", "Late?", "--positive", "yes"]
ABOUT = {
    "row": "parcel",
    "meaning": "it comes too late",
    "actor": "the dispatcher calls the customer",
    "miss": "a refund",
    "false_alarm": "a call for nothing",
    "source": "The depot counted them in 2024",
    "licence": "CC0",
}
TEMPLATE = catalog.bundled("mlops-deploy")
BLOCK = re.compile(r"<!-- (data:\S+|measured:picture) -->.*?<!-- /\1 -->", re.DOTALL)  # the picture is of our data
OURS = re.compile(r"book(ing|ed)|hotel|guest|arrival|cancell|adopt", re.IGNORECASE)
OUR_YEARS = re.compile(r"\b201[5-7]-")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write(tmp_path / "own.csv", parcels())


@pytest.fixture
def project(scaffolder: Run, tmp_path: Path, own: Path) -> Path:
    """A project about our data, in which there was a drill."""
    assert scaffolder("new", "mlops-deploy", "--yes", "--git").code == 0
    folder = tmp_path / "hotel-booking-deployment"
    (folder / "reports").mkdir(exist_ok=True)
    released(folder, "drill")
    for path in ("registry/artifacts/1/model.onnx", "var/service.db", "var/champion.pid"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    return folder


def released(folder: Path, *people: str) -> None:
    lines = [json.dumps({"who": who, "action": "promoted"}) for who in people]
    (folder / "reports/deployments.jsonl").write_text("\n".join([*lines, "no JSON", "3", ""]))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Releases")


def told(folder: Path) -> dict[str, str]:
    """The texts of a project, without those for which the words of the former data are only an example."""
    found = {path: data.decode("utf-8", "replace") for path, (data, _) in on_disk(folder, ()).items()}
    return {path: text for path, text in found.items() if not path.endswith((".gz", ".lock"))}


def words() -> re.Pattern[str]:
    """Those that the contract lists for our data."""
    contract = tomllib.loads(rendered(TEMPLATE)["scaffolder.toml"][0].decode())
    assert len(contract["data"]["words"]) > 10
    return re.compile("|".join(rf"\b{re.escape(word)}\b" for word in contract["data"]["words"]), re.IGNORECASE)


@pytest.mark.parametrize("about", [{}, ABOUT], ids=["silent", "told"])
def test_a_project_about_own_rows_has_no_word_of_ours(
    scaffolder: Run, tmp_path: Path, own: Path, about: dict[str, str]
) -> None:
    facts = [word for name, text in about.items() for word in ("--about", f"{name}={text}")]
    assert scaffolder("new", "mlops-deploy", "parcels", "--yes", "--data", own, *SAID, *facts).code == 0
    texts, named = told(tmp_path / "parcels"), words()
    lines = [(path, line) for path, text in texts.items() for line in text.splitlines()]
    assert [(path, line) for path, line in lines if OURS.search(line) or named.search(line)] == []
    assert [one for one in lines if not one[0].startswith("tests/") and OUR_YEARS.search(one[1])] == []
    assert {path for path in texts if path.startswith("data/")} == {"data/DATASET.md", "data/SHA256SUMS"}
    joined = "\n".join(text for path, text in texts.items() if path.endswith(".md"))
    for text in about.values():
        assert text in joined
    for item in ("source", "licence", "prediction", "intended", "hazard"):
        assert (f"TODO({item})" in joined) is not bool(about), item


def test_what_stands_outside_the_data_blocks_is_true_of_any_data(scaffolder: Run, tmp_path: Path, own: Path) -> None:
    same = ["--set", "project_name=Radar", "--set", "description=Tells what comes late.", "--yes"]
    for output, more in (("ours", ()), ("theirs", ("--data", own, *SAID))):
        assert scaffolder("new", "mlops-deploy", "-o", tmp_path / output, *same, *more).code == 0
    ours, theirs = (
        {path: BLOCK.sub("", text) for path, text in told(tmp_path / output / "radar").items() if path.endswith(".md")}
        for output in ("ours", "theirs")
    )
    del ours["data/DATASET.md"], theirs["data/DATASET.md"]
    assert len(ours) > 10
    assert ours == theirs


def test_the_settings_fit_the_files(scaffolder: Run, tmp_path: Path, own: Path) -> None:
    assert (
        scaffolder("new", "mlops-deploy", "parcels", "--yes", "--data", own, *SAID, "--about", "row=parcel").code == 0
    )
    folder = tmp_path / "parcels"
    settings = tomllib.loads((folder / "settings.toml").read_text())
    made = gzip.decompress((folder / settings["data"]["file"]).read_bytes()).decode().partition("\r\n")[0].split(",")
    assert made == [settings["data"]["id"], settings["data"]["time"], *(one["name"] for one in settings["features"])]
    assert set(settings["slices"]["columns"]) <= {one["name"] for one in settings["features"]}
    story = tomllib.loads((folder / "drill/story.toml").read_text())
    days = [release["day"] for release in story["releases"]]
    assert days == sorted(days)
    assert story["until"] > settings["periods"]["reference_to"]
    assert {release["candidate"] for release in story["releases"]} <= set(settings["training"]["candidates"])
    contract = tomllib.loads((folder / "scaffolder.toml").read_text())
    assert contract["unit"] == contract["id"] == settings["data"]["unit"] == "parcel"
    assert contract["data"].get("words", []) == []


def test_the_rows_can_come_later(project: Path, own: Path, scaffolder: Run) -> None:
    code, out, err = scaffolder("adopt", project, "--data", own, *SAID, "--yes")
    assert (code, err) == (0, "")
    assert "Training period: 2024-01-01 to " in out
    fresh = kinds.adopt(
        TEMPLATE, own, Options(id="No", time="Sent on", known="Arrived", target="Late?", positive="yes")
    )
    assert len(table(fresh, "rows")) == 1501
    for path, file in fresh.data.files.items():
        assert (project / path).read_bytes() == file.data
    gone = ["reports/deployments.jsonl", "registry/artifacts/1/model.onnx", "var/service.db", "tests/test_shipped.py"]
    assert [path for path in gone if (project / path).exists()] == []
    named, texts = words(), told(project)
    assert len(named.findall(texts.pop("scaffolder.toml"))) > 10, (
        "there the checklist finds the words that it looks for"
    )
    # The project keeps its address: people may have links to it.
    lines = [(path, line.replace(project.name, "")) for path, text in texts.items() for line in text.splitlines()]
    assert [one for one in lines if OURS.search(one[1]) or named.search(one[1])] == []
    assert (project / "README.md").read_text().startswith("# Model Deployment\n")
    assert git(project, "status", "--porcelain") == ""
    assert "Nothing to do" in scaffolder("update", project, "--yes").out


def test_what_an_owner_called_it_stays(scaffolder: Run, tmp_path: Path, own: Path) -> None:
    given = ["--set", "project_name=Radar", "--set", "description=Tells what comes late."]
    assert scaffolder("new", "mlops-deploy", "--yes", "--git", *given).code == 0
    assert scaffolder("adopt", tmp_path / "radar", "--data", own, *SAID, "--yes").code == 0
    readme = (tmp_path / "radar/README.md").read_text()
    assert readme.startswith("# Radar\n")
    assert "Tells what comes late." in readme


def test_releases_by_people_are_not_thrown_away(project: Path, own: Path, scaffolder: Run) -> None:
    released(project, "drill", "ines", "drill")
    before = on_disk(project, ())
    refused(
        scaffolder("adopt", project, "--data", own, *SAID, "--yes"),
        "reports/deployments.jsonl tells of releases by 'ines', which would be removed",
    )
    assert on_disk(project, ()) == before


def test_a_project_that_runs_is_left_alone(project: Path, own: Path, scaffolder: Run) -> None:
    with (project / "var/champion.pid").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        refused(
            scaffolder("adopt", project, "--data", own, *SAID, "--yes"),
            "A process of this project runs (var/champion.pid): stop it first",
        )
        assert (project / "var/service.db").exists()
    assert scaffolder("adopt", project, "--data", own, *SAID, "--yes").code == 0
