"""What `make adopt` writes into a project, what it leaves alone, and what an interruption leaves behind."""

import io
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import telecom
from assistant.adoption import _settings, adopt
from assistant.adoption.replacing import AdoptionError
from assistant.errors import AssistantError
from assistant.evaluation.benchmark import read, write
from assistant.settings import FILE, checked, load_settings
from telecom import README, files, git
from toy import write_corpus

SETTINGS = """# Mine
[corpus]
title = 'Old "rules"'  # of the page
example = "What was \\"old\\"?"
folder = "data/corpus"

[answering]
abstain_below = 0.2  # tuned

# Gates:
[gates]
ndcg_at_10 = 0.5  # low

[evaluation]
seed = 7
"""
EVIDENCE = {"document": "guides/loans", "section": "Periods", "quote": "A film is lent for one week."}
LOST = EVIDENCE | {"quote": "A book is lent for four weeks."}
STAY = telecom.STAY | {"data/SHA256SUMS", "data/benchmark.jsonl", "data/churn.csv.gz", "data/simulate.py"}


def question(number: int, **changes: object) -> str:
    usual = {"id": f"q{number}", "split": "dev", "type": "t", "question": f"{number}?", "evidence": [], "answers": []}
    return json.dumps(usual | changes) + "\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project about a library, in which this process works; it reads the documents itself, which is quicker."""
    monkeypatch.setattr("assistant.ingestion.folder.sandboxed", lambda limits, kind, read, *arguments: read(*arguments))
    root = telecom.write(tmp_path / "project", monkeypatch)
    write_corpus(root / "data/corpus")
    FILE.write_text(SETTINGS, encoding="utf-8")
    lines = [question(1, evidence=[EVIDENCE], answers=["week"]), question(2, evidence=[LOST], answers=["four"])]
    (root / "data/benchmark.jsonl").write_text("".join([*lines, question(3)]), encoding="utf-8")
    for name in ("artifacts/index.db-wal", "reports/figures/x.svg", "docs/screenshot.png", "data/LICENSE-PSF.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of documents, and of what is none."""
    folder = tmp_path / "mine"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep/tea.md").write_text('---\nauthor: <b>A|nn\n---\n# Tea "time"\n\nAt four, on weekdays.\n')
    (folder / "milk.html").write_text("<p>Milk is dear.</p>")
    (folder / "tool\x1b.exe").write_bytes(b"MZ")
    return folder


def test_nothing_of_the_former_documents_is_left(project: Path, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert adopt(mine, " Our kitchen ", yes=True) == 0
    assert set(files(project)) == STAY | {"data/corpus/deep/tea.md", "data/corpus/milk.html"}
    assert sorted(one.name for one in Path("data/corpus").iterdir()) == ["deep", "milk.html"]
    told = capsys.readouterr().out
    assert "Documents: 2 (1 .md, 1 .html)." in told
    assert "tool\\x1b.exe is no Markdown" in told
    assert "stay:     0\n" in told
    assert "go:       3\n" in told
    assert "would be left:\n    q1: 1?\n    q2: 2?\n    q3: 3?\n" in told
    assert "If make serve runs, restart it" in told
    example = "At four, on weekdays?"
    changed = SETTINGS.replace("'Old \"rules\"'", '"Our kitchen"').replace('"What was \\"old\\"?"', json.dumps(example))
    assert FILE.read_text(encoding="utf-8") == changed.replace("# Gates:\n[gates]\nndcg_at_10 = 0.5  # low\n\n", "")
    described = Path("data/DATASET.md").read_text(encoding="utf-8")
    assert "| author | TODO(field): what does it say? | &lt;b>A\\|nn | 1 |" in described
    assert "| source | address or file of the document | one for each document | 2 |" in described
    assert "\nDocuments: 2 (1 .md, 1 .html).\n" in described
    readme = Path("README.md").read_text(encoding="utf-8")
    assert 'Before the data changed, it said: "We lose 300 a month."' in readme
    before = files(project)
    write(load_settings(), ())
    assert files(project) == before


def test_the_same_folder_twice_changes_nothing(project: Path, mine: Path) -> None:
    adopt(mine, "Our kitchen", yes=True)
    before = files(project)
    assert adopt(mine, "Our kitchen", yes=True) == 0
    assert adopt(Path("data/corpus"), "Our kitchen", yes=True) == 0
    assert files(project) == before


def test_the_owners_folder_and_comments_stay(project: Path) -> None:
    FILE.write_text(FILE.read_text().replace("ndcg_at_10 = 0.5  # low\n", "ndcg_at_10 = 0.5  # low\n\n# A note.\n"))
    (mine := Path("reports/figures/a.md")).write_text("# A\n\nThe kitchen opens at four.")
    adopt(mine.parent, "Our kitchen", yes=True)
    assert mine.exists()
    assert (load_settings().corpus.example, load_settings().gates) == ("The kitchen opens at four?", {})
    assert "# A note.\n" in FILE.read_text()


def test_what_was_edited_in_place_is_read_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("data/corpus/guides/loans.md")
    path.write_text(path.read_text().replace("for four weeks", "for a month").replace("A film is", "A *film*\nis"))
    Path("data/corpus/tool.exe").touch()
    Path("data/corpus/.hidden").touch()
    adopt(Path("data/corpus"), "House rules", yes=True)
    assert not Path("data/corpus/tool.exe").exists()
    assert Path("data/corpus/.hidden").exists()
    kept = read(Path("data/benchmark.jsonl"))
    assert [one.id for one in kept] == ["q1", "q3"]
    assert kept[0].evidence[0].quote == "A *film*\nis lent for one week."
    told = capsys.readouterr().out
    assert "stay:     2\n" in told
    assert "unanswerable ones among them: 1;" in told
    assert "go:       1\n" in told
    assert "would be left:\n    q2: 2?\n" in told
    assert Path("data/LICENSE-PSF.txt").exists()  # of the documents that stay


def test_what_cannot_be_adopted_is_refused_in_one_sentence(project: Path, mine: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/x.pdf").write_text("%PDF-nonsense")
    before = files(project)
    folders = ["absent", "README.md", ".", "data", "data/corpus/guides", f"{tmp_path}/empty", f"{tmp_path}/bad"]
    titles = ["", " ", "a\nb", "a\x1b", "x" * 81, "\ud800"]
    for folder, title in [*((Path(one), "T") for one in folders), *((mine, one) for one in titles)]:
        with pytest.raises((AdoptionError, AssistantError)) as told:
            adopt(folder, title, yes=True)
        assert str(told.value).replace("\n  ", "").isprintable()
    with pytest.raises(AdoptionError, match="nobody is here"):
        adopt(mine, "T", yes=False)
    FILE.write_text(SETTINGS.replace("'Old \"rules\"'", '"""Old"""'), encoding="utf-8")
    with pytest.raises(AdoptionError, match=r"settings\.toml must give title and example in a line each"):
        adopt(mine, "T", yes=True)
    FILE.write_text(SETTINGS, encoding="utf-8")
    assert files(project) == before


@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(title=st.text(min_size=1, max_size=80).filter(str.isprintable))
def test_any_title_is_escaped(project: Path, title: str) -> None:
    found = checked(tomllib.loads(_settings(title, title).decode()), FILE)
    assert (found.corpus.title, found.corpus.example, found.evaluation.seed) == (title, title, 7)


def test_work_that_git_does_not_have_is_not_replaced(project: Path, mine: Path) -> None:
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")
    Path("README.md").write_text(README + "More.\n", encoding="utf-8")
    before = files(project)
    with pytest.raises(AdoptionError, match=r"^README\.md would be replaced.* commit them first$"):
        adopt(mine, "T", yes=True)
    assert files(project) == before
    git("commit", "-qam", "mine")
    assert adopt(mine, "T", yes=True) == 0


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("no\n", 1)])
def test_it_asks(project: Path, mine: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int) -> None:
    before, terminal = files(project), io.StringIO(said)
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    assert adopt(mine, "T", yes=False) == code
    assert (files(project) == before) == bool(code)


def test_if_it_is_interrupted_all_is_as_it_was(project: Path, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, move = files(project), Path.replace

    def stopped(path: Path, target: Path) -> None:
        if target.name == "SHA256SUMS":  # the last
            raise KeyboardInterrupt
        move(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            adopt(mine, "T", yes=True)
    assert files(project) == before
    assert adopt(mine, "T", yes=True) == 0
