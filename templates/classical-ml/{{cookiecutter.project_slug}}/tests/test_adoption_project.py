"""What `make adopt` writes into a project, what it leaves alone, and what an interruption leaves behind."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from former import NEW, OLD, README, files, git, own_file, use, write
from predictor.adoption import AdoptionError
from predictor.settings import load_settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return write(tmp_path / "project", monkeypatch)


def test_nothing_of_the_former_data_is_left(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert use(own_file(tmp_path)) == 0
    assert set(files(project)) == NEW
    removed = "data/churn.csv.gz, data/shipped.md, data/simulate.py, reports/metrics.json"
    assert f"Removes {removed}." in capsys.readouterr().out
    found = load_settings()
    assert (found.problem.target, found.problem.positive, list(found.columns)) == ("late", "yes", ["height", "kind"])
    table = pd.read_csv(project / found.data.file, keep_default_na=False)
    assert sorted(table["kind"].unique()) == ["None", "b", "c"]
    assert "TODO(licence)" in Path("data/DATASET.md").read_text(encoding="utf-8")


def test_answers_come_back_as_questions_that_quote_them(project: Path, tmp_path: Path) -> None:
    question = 'TODO(problem): is this still true? Before the data changed, it said: "We lose 300 a month."'
    for _ in range(2):  # a second adoption keeps what was not answered
        use(own_file(tmp_path))
        readme = (project / "README.md").read_text(encoding="utf-8")
        block = f"<!-- data:problem -->\nTODO(problem): what is wrong today?\n\n{question}\n<!-- /data:problem -->"
        measured = "<!-- measured:headline -->\n_Not measured yet: run `make demo`._\n<!-- /measured:headline -->"
        assert readme == f"# Leavers\n\n{block}\n{measured}\nMy own words.\n"
    assert 'unit = "row"\n' in (project / "scaffolder.toml").read_text(encoding="utf-8")


HOSTILE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=HOSTILE | st.sampled_from(['"]\n[x]\na="', "a|b", "<!--", "`", "``x`", "\x7f", "a.b"]), value=HOSTILE)
def test_a_name_can_hold_anything(project: Path, tmp_path: Path, name: str, value: str) -> None:
    if not name.strip() or name.strip() in {"kind", "late"} or not value.strip():
        return
    use(own_file(tmp_path, name, value))
    stated = load_settings()
    table = pd.read_csv(project / stated.data.file, dtype=str, keep_default_na=False)
    assert list(stated.columns)[:1] == list(table)[:1]
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


def test_what_git_never_had_is_not_removed_and_a_broken_git_is_no_licence(project: Path, tmp_path: Path) -> None:
    git("init", "-q")
    before = files(project)
    with pytest.raises(AdoptionError, match=r"data/churn\.csv\.gz.* commit them first$"):
        use(own_file(tmp_path))
    (project / ".git/HEAD").write_text("broken", encoding="utf-8")
    with pytest.raises(AdoptionError, match=r"Git cannot say whether your work is safe \(fatal: "):
        use(own_file(tmp_path))
    assert files(project) == before


@pytest.mark.parametrize("former", ["", ".", "..", "docs", "data", "data/..", "pyproject.toml", "../kept", "/tmp"])
def test_whatever_the_settings_call_the_former_data_only_files_of_the_data_are_removed(
    project: Path, tmp_path: Path, former: str
) -> None:
    (tmp_path / "kept").write_text("", encoding="utf-8")
    (project / "reports/my notes.md").write_text("", encoding="utf-8")
    (project / "settings.toml").write_text(OLD.replace("data/churn.csv.gz", former), encoding="utf-8")
    (project / "data/.adopting").mkdir()
    (project / "data/.adopting/removed").write_bytes(former.encode() + b"\nsrc\n\n\xff\n")
    assert use(own_file(tmp_path)) == 0
    assert set(files(project)) == NEW | {"data/churn.csv.gz", "reports/my notes.md"}
    assert (tmp_path / "kept").exists()


def test_a_source_among_the_reports_with_a_long_name_stays(project: Path) -> None:
    source = own_file(project / "reports").rename(project / "reports" / f"{'a' * 240}.csv")
    assert use(source) == 0
    assert source.exists()


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("no\n", 1), ("", 1)])
def test_it_asks(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int) -> None:
    before, terminal = files(project), io.StringIO(said)
    monkeypatch.setattr("sys.stdin", terminal)
    with pytest.raises(AdoptionError, match="YES=1"):
        use(own_file(tmp_path), yes=False)
    assert files(project) == before
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    assert use(own_file(tmp_path), yes=False) == code
    assert (files(project) == before) == bool(code)


def test_the_owners_file_stays_when_it_lies_among_the_data(project: Path) -> None:
    source = own_file(project / "data")
    kept = source.read_bytes()
    use(source)
    assert source.read_bytes() == kept


def test_broken_marks_are_refused_before_anything_is_written(project: Path, tmp_path: Path) -> None:
    (project / "README.md").write_text(README.replace("<!-- /data:problem -->\n", ""), encoding="utf-8")
    before = files(project)
    with pytest.raises(AdoptionError, match="never closed"):
        use(own_file(tmp_path))
    assert files(project) == before
