"""What `make adopt` writes into a project, what it leaves alone, and what an interruption leaves behind."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adopted import NEW, REMOVED
from predictor.adoption import adopt
from predictor.adoption.replacing import AdoptionError
from predictor.reporting.blocks import BlockError
from predictor.settings import load_settings
from table_of_owner import own_file, use
from telecom import README, files, git, write


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write(tmp_path / "project", monkeypatch)
    for name in NEW:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
    return root


def test_nothing_of_the_former_data_is_left(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert use(own_file(tmp_path)) == 0
    assert set(files(project)) == NEW
    assert f"Removes {REMOVED}." in capsys.readouterr().out
    found = load_settings()
    assert (found.problem.target, found.problem.positive, list(found.columns)) == ("late", "yes", ["height", "kind"])
    table = pd.read_csv(project / found.data.file, keep_default_na=False)
    assert sorted(table["kind"].unique()) == ["None", "b", "c"]
    assert "TODO(licence)" in Path("data/DATASET.md").read_text(encoding="utf-8")


def test_the_assumed_costs_follow_from_the_class_shares(project: Path, tmp_path: Path) -> None:
    table = pd.DataFrame({"x": [place**2 % 101 for place in range(240)], "late": ["yes", *["no"] * 5] * 40})
    table.to_csv(tmp_path / "rare.csv", index=False)
    use(tmp_path / "rare.csv")
    text = " ".join(Path("settings.toml").read_text(encoding="utf-8").split())
    assert '(16.7% are "yes"): for each of them there are 5 others, so # missing one costs as much as 5 false' in text
    assert load_settings().cost.false_negative == 5


def test_dates_are_read_in_one_of_two_ways(project: Path, tmp_path: Path) -> None:
    with pytest.raises(AdoptionError, match="DATES must be day-first or month-first"):
        adopt(own_file(tmp_path), "late", positive=None, time=None, id=None, dates="dayfirst", yes=True)


HOSTILE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=HOSTILE | st.sampled_from(['"]\n[x]\na="', "a|b", "<!--", "`", "``x`", "\x7f", "a.b"]), value=HOSTILE)
def test_a_name_can_hold_anything(project: Path, tmp_path: Path, name: str, value: str) -> None:
    if not name.strip() or name.strip() in {"kind", "late"} or not value.strip():
        return
    use(own_file(tmp_path, name, value))
    stated = load_settings()
    table = pd.read_csv(project / stated.data.file, dtype=str, keep_default_na=False)
    assert list(stated.columns) == [one for one in table if one in stated.columns]
    described = Path("data/DATASET.md").read_text(encoding="utf-8")
    assert next(line.count(" | ") for line in described.splitlines() if line.startswith("| ")) == 3
    assert "TODO(columns)" in described.split("<!--")[0] or "`<!--`" in described


def test_work_that_git_does_not_have_is_not_replaced(project: Path, tmp_path: Path) -> None:
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")
    (project / "README.md").write_text(README + "More.\n", encoding="utf-8")
    (project / "reports/metrics.json").write_text("{} ", encoding="utf-8")  # `make demo` makes it again
    before = files(project)
    with pytest.raises(AdoptionError, match=r"^README\.md would be replaced.* commit them first$"):
        use(own_file(tmp_path))
    assert files(project) == before
    git("commit", "-qam", "mine")
    assert use(own_file(tmp_path)) == 0


def test_nothing_in_the_file_drives_the_terminal(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use(own_file(tmp_path, "kind\x1b]0;x\x07", "a\rb"))
    assert not {"\x1b", "\x07", "\r"} & set(capsys.readouterr().out)
    with pytest.raises(AdoptionError, match="cannot be printed; rename the file"):
        use(tmp_path / "own\x1b.csv")


def test_a_source_among_the_reports_with_a_long_name_stays(project: Path) -> None:
    source = own_file(project / "reports").rename(project / "reports" / f"{'a' * 240}.csv")
    assert use(source) == 0
    assert source.exists()


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("no\n", 1)])
def test_it_asks(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int) -> None:
    before, terminal = files(project), io.StringIO(said)
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    assert use(own_file(tmp_path), yes=False) == code
    assert (files(project) == before) == bool(code)


def test_the_settings_come_last_and_if_they_fail_all_is_as_it_was(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, move = files(project), Path.replace
    moved = []

    def stopped(path: Path, target: Path) -> None:
        if target.name == "settings.toml":
            raise KeyboardInterrupt
        moved.append(target.name)
        move(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            use(own_file(tmp_path))
    assert {"own.csv.gz", "README.md", "DATASET.md"} <= set(moved)
    assert files(project) == before
    use(own_file(tmp_path))
    assert set(files(project)) == NEW


def test_broken_marks_are_refused_before_anything_is_written(project: Path, tmp_path: Path) -> None:
    (project / "README.md").write_text(README.replace("<!-- /data:problem -->\n", ""), encoding="utf-8")
    before = files(project)
    with pytest.raises(BlockError, match="never closed"):
        use(own_file(tmp_path))
    assert files(project) == before
