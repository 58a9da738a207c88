"""A teacher judges what a class wrote: what waits, what is kept, what is refused; on a terminal and from a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from collected_class import LIMITS, PROBLEM, hand_in, judged, make, readme
from support import Outcome, refused

from scaffolder.check.review_session import Text
from scaffolder.cli.judging import lines_of
from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.report import reviewing
from scaffolder.errors import OutsideError
from scaffolder.project import store

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
GRACE = "Grace Hopper <grace@example.org>"
ENTRY = '[[review]]\nstudent = "ada"\nproject = "churn"\nitem = "problem"\nscore = 2\ncomment = "clear"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three students with two written items each; the first has two projects."""
    made = make(tmp_path / "class")
    for student in ("ada", "ben", "cem"):
        hand_in(made, student, readme(student), at="2026-11-20T08:00:00Z")
    hand_in(made, "ada", readme("ada"), project="rag", at="2026-11-20T08:00:00Z")
    return made


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the teacher types, line by line; an exception is raised in its place, as at the end of input."""

    def typed(*lines: str | type[BaseException]) -> None:
        left = iter(lines)

        def answer(*_: object) -> str:
            line = next(left, EOFError)
            if isinstance(line, str):
                return line
            raise line

        monkeypatch.setattr("builtins.input", answer)
        monkeypatch.setattr("scaffolder.cli.interview.is_interactive", lambda: True)

    return typed


def kept(folder: Path) -> list[tuple[str, str, str, int, str]]:
    return [(each.student, each.project, each.item, each.score, each.comment) for each in judged(folder)]


def places(listed: Outcome) -> list[tuple[str, str, str]]:
    return [(one["student"], one["project"], one["item"]) for one in json.loads(listed.out)["waiting"]]


class TestOnATerminal:
    def test_goes_item_by_item_through_the_class_and_keeps_each_judgement_at_once(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        types("9", "3", "The cost is there.", "", "1", "", "q")
        code, out, err = scaffolder("cohort", "review", folder, "--reviewer", GRACE)
        assert (code, err) == (0, "")
        shown = [line for line in out.splitlines() if " of 8, " in line]
        assert shown == [
            "1 of 8, problem, ada, churn, README.md:3",
            "2 of 8, problem, ben, churn, README.md:3",
            "3 of 8, problem, cem, churn, README.md:3",
            "4 of 8, problem, ada, rag, README.md:3",
        ]
        for part in (PROBLEM.format("ben"), "A good text answers:", "3. Would you", "Type 0, 1, 2 or 3."):
            assert part in out
        assert out.endswith("Reviews kept in the ledger: 2.\n")
        assert kept(folder) == [
            ("ada", "churn", "problem", 3, "The cost is there."),
            ("cem", "churn", "problem", 1, ""),
        ]
        assert {each.reviewer for each in judged(folder)} == {GRACE}

    def test_lines_that_were_handed_out_are_marked(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        path = home.repository(folder, "ben", "churn")
        render = hand_in(folder, "ben", readme("ben", "It is about {0}.", "None."))
        store.move(store.opened(path), store.SCAFFOLD, None, render.commit)
        hand_in(folder, "ben", readme("ben", f"It is about {{0}}.\n\n{PROBLEM}", "None."), at="2999-01-01T00:00:00Z")
        types("q")
        out = scaffolder("cohort", "review", folder, "--student", "ben", "--reviewer", GRACE).out
        assert "\n  · It is about ben.\n  |\n  | Forty customers of ben" in out
        assert "Lines that begin with · are as they were handed out." in out

    def test_what_is_not_finished_comes_last_and_takes_only_0(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        types("2", "too good", "0", "Nothing there.", "q")
        out = scaffolder("cohort", "review", folder, "--item", "demo", "--student", "ben", "--reviewer", GRACE).out
        assert "1 of 1, demo, ben, churn" in out
        assert "Its state is missing: only 0 can be given, and Enter skips it.\n" in out
        assert "The review of demo: the state of demo is `missing` for 'ben': only 0 can be given." in out
        assert kept(folder) == [("ben", "churn", "demo", 0, "Nothing there.")]

    def test_goes_student_by_student(self, scaffolder: Run, folder: Path, types: Callable[..., None]) -> None:
        types("", "", "", "", "2", "", EOFError)
        out = scaffolder("cohort", "review", folder, "--by", "student", "--reviewer", GRACE).out
        assert "2 of 8, limitations, ada, churn" in out
        assert kept(folder) == [("ben", "churn", "problem", 2, "")]

    def test_ctrl_c_keeps_all_that_was_given(self, scaffolder: Run, folder: Path, types: Callable[..., None]) -> None:
        types("2", "fine", "1", KeyboardInterrupt)
        code, _, err = scaffolder("cohort", "review", folder, "--reviewer", GRACE)
        assert (code, err) == (130, "scaffolder: Stopped. Reviews kept in the ledger: 1.\n")
        assert kept(folder) == [("ada", "churn", "problem", 2, "fine")]

    def test_the_next_time_only_the_rest_comes(self, scaffolder: Run, folder: Path, types: Callable[..., None]) -> None:
        types("2", "", "q")
        scaffolder("cohort", "review", folder, "--reviewer", GRACE)
        types("q")
        out = scaffolder("cohort", "review", folder, "--reviewer", "Alan").out
        assert "1 of 7, problem, ben, churn" in out
        types("q")
        out = scaffolder("cohort", "review", folder, "--reviewer", "Alan", "--again", "--student", "ada").out
        assert "1 of 4, problem, ada, churn" in out
        assert f"{GRACE}, 2 of 3 on " in out
        assert "(current)" in out

    def test_a_changed_text_comes_again_with_the_earlier_judgement_and_what_changed(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        types("1", "Say the number.", "q")
        scaffolder("cohort", "review", folder, "--item", "problem", "--reviewer", GRACE)
        changed = readme("ada", f"{PROBLEM}\n\nWe can call 900 of them a week \x1b[31m.")
        hand_in(folder, "ada", changed, at="2999-01-01T00:00:00Z")
        types("3", "Better.", "q")
        out = scaffolder("cohort", "review", folder, "--reviewer", GRACE).out
        assert "1 of 8, problem, ada, churn" in out
        assert "1 of 3 on " in out
        assert "(stale: the text has changed since): Say the number." in out
        assert "What has changed since:\n  +We can call 900 of them a week \\x1b[31m.\n" in out
        assert kept(folder)[-1] == ("ada", "churn", "problem", 3, "Better.")

    def test_what_changed_is_left_out_if_the_text_that_was_judged_is_not_found(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        with ledger.opened(folder) as book:
            book.judge(ledger.Judged("ada", "churn", "problem", "0" * 64, 1, "", GRACE, "2026-11-21T00:00:00Z"))
            book.judge(ledger.Judged("ben", "churn", "problem", "0" * 64, 1, "", GRACE, "2026-11-01T00:00:00Z"))
        for student in ("ada", "ben"):
            hand_in(folder, student, readme(student, f"{PROBLEM} Nobody has seen this."), at="2026-11-22T08:00:00Z")
        types("", "q")
        out = scaffolder("cohort", "review", folder, "--reviewer", GRACE).out
        assert out.count("(stale: ") == 2
        assert "What has changed" not in out

    def test_a_comment_that_cannot_be_kept_is_asked_again(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        types("2", "bad \x1b[31m", "2", "x" * 5_000, "2", "good", "q")
        out = scaffolder("cohort", "review", folder, "--reviewer", GRACE).out
        assert "control characters" in out
        assert kept(folder) == [("ada", "churn", "problem", 2, "good")]

    def test_asks_who_judges_as_git_knows_them(
        self, scaffolder: Run, folder: Path, types: Callable[..., None], git_settings: Callable[[str], None]
    ) -> None:
        git_settings("[user]\nname = Grace Hopper\nemail = grace@example.org\n")
        types("\x1b", "", "2", "", "q")
        out = scaffolder("cohort", "review", folder).out
        assert f"Your name and address [{GRACE}]: " in out
        assert [each.reviewer for each in judged(folder)] == [GRACE]

    def test_a_repository_cannot_drive_the_terminal(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        hand_in(folder, "ada", readme("ada", PROBLEM + "\n\n\x1b[31mred\x1b]0;title\x07 \x9b31m turned\u202e"))
        types("q")
        out = scaffolder("cohort", "review", folder, "--student", "ada", "--reviewer", GRACE).out
        assert r"\x1b[31mred" in out
        assert not set(out) & set("\x1b\x07\x9b\u202e")

    def test_nothing_to_review(self, scaffolder: Run, tmp_path: Path, types: Callable[..., None]) -> None:
        folder = make(tmp_path / "other")
        hand_in(folder, "ada", "# Ada\n")
        types()
        code, out, _ = scaffolder("cohort", "review", folder)
        assert (code, out) == (0, "There is nothing to review: nothing new was collected that is written.\n")

    def test_json_goes_to_standard_output_alone(
        self, scaffolder: Run, folder: Path, types: Callable[..., None]
    ) -> None:
        types("2", "x", "q")
        code, out, err = scaffolder("cohort", "review", folder, "--json", "--reviewer", GRACE)
        (recorded,) = json.loads(out)["recorded"]
        assert (code, recorded["student"], recorded["score"]) == (0, "ada", 2)
        assert "Score" in err


class TestWithoutATerminal:
    @pytest.fixture(autouse=True)
    def _no_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("scaffolder.cli.interview.is_interactive", lambda: False)

    def test_lists_what_waits(self, scaffolder: Run, folder: Path) -> None:
        assert scaffolder("cohort", "review", folder).err.startswith("scaffolder: There is no terminal")
        out = scaffolder("cohort", "review", folder, "--list", "--project", "churn").out
        assert "  ada  churn  problem  README.md:3  new\n" in out
        assert "show it solved. 3 texts\n" in out
        out = scaffolder("cohort", "review", folder, "--list", "--by", "student").out
        assert "ada 4 texts\n" in out

    def test_lists_for_programs(self, scaffolder: Run, folder: Path) -> None:
        hand_in(folder, "ada", readme("ada", "Forty \x1b[31m customers leave us each week, for 420 € each."))
        out = scaffolder("cohort", "review", folder, "--list", "--json", "--student", "ada", "--item", "problem").out
        assert out.isascii()
        text, other = json.loads(out)["waiting"]
        assert (text["student"], text["project"], text["item"], text["earlier"]) == ("ada", "churn", "problem", None)
        assert (len(text["commit"]), len(text["sha256"]), len(text["rubric"])) == (40, 64, 3)
        assert other["project"] == "rag"

    def test_chooses_and_orders(self, scaffolder: Run, folder: Path) -> None:
        def listed(*arguments: str) -> list[tuple[str, str, str]]:
            return places(scaffolder("cohort", "review", folder, "--list", "--json", *arguments))

        assert len(listed()) == 8
        assert [place[2] for place in listed()] == ["problem"] * 4 + ["limitations"] * 4
        assert [place[0] for place in listed("--by", "student")] == ["ada"] * 4 + ["ben"] * 2 + ["cem"] * 2
        assert listed("--student", "ben", "--student", "cem", "--item", "limitations") == [
            ("ben", "churn", "limitations"),
            ("cem", "churn", "limitations"),
        ]
        assert listed("--project", "rag", "--item", "problem") == [("ada", "rag", "problem")]

    def test_takes_judgements_from_a_file(self, scaffolder: Run, folder: Path) -> None:
        listed = scaffolder("cohort", "review", folder, "--list", "--json", "--student", "ben", "--item", "problem")
        (text,) = json.loads(listed.out)["waiting"]
        other = (
            f'[[review]]\nstudent = "ben"\nitem = "problem"\nscore = 0\ntext = "{text["sha256"]}"\nreviewer = "Al"\n'
        )
        Path("given.toml").write_text(ENTRY + other)  # ben has only one project
        refused(
            scaffolder("cohort", "review", folder, "--from", "given.toml", "--reviewer", GRACE),
            "review 2: `project` is missing",
        )
        Path("given.toml").write_text(ENTRY + other + 'project = "churn"\n')
        outcome = scaffolder("cohort", "review", folder, "--from", "given.toml", "--reviewer", GRACE)
        assert outcome == (0, f"ada, churn, problem: 2 of 3 by {GRACE}\nben, churn, problem: 0 of 3 by Al\n", "")
        assert kept(folder) == [("ada", "churn", "problem", 2, "clear"), ("ben", "churn", "problem", 0, "")]
        assert {each.at[:2] for each in judged(folder)} == {"20"}
        assert ("ada", "churn", "problem") not in places(scaffolder("cohort", "review", folder, "--list", "--json"))

    def test_names_all_that_is_wrong_at_once_and_keeps_nothing(self, scaffolder: Run, folder: Path) -> None:
        def entry(**changes: object) -> str:
            fields = {"student": "ada", "project": "churn", "item": "problem", "score": 2, "comment": "", **changes}
            return "[[review]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())

        wrong = {
            entry(student="zed"): "nothing was collected of 'zed' and 'churn'",
            entry(project="cv"): "nothing was collected of 'ada' and 'cv'",
            entry(item="problme"): "did you mean 'problem'",
            entry(item="tests"): "there is no written item 'tests'",
            entry(item="data-source"): "the state of data-source is `missing` for 'ada': only 0 can be given",
            entry(score=4): "the score is 4",
            entry(score="2"): "`score` is not a whole number",
            entry(score=True): "`score` is not a whole number",
            entry(comment=3): "`comment` is not a text",
            entry(comment="\x1b"): "the comment has control characters",
            entry(reviewer=""): "the reviewer has no name",
            entry(text="0" * 64): "the text of problem is no longer the one that was read",
            entry(scroe=3): "there is no setting 'scroe'",
            '[[review]]\nitem = "problem"\nscore = 2\n': "`student` is missing",
        }
        Path("given.toml").write_text(ENTRY + "".join(wrong))
        code, out, err = scaffolder("cohort", "review", folder, "--from", "given.toml", "--reviewer", GRACE)
        assert (code, out, err.count("\n")) == (2, "", 1)
        for number, part in enumerate(wrong.values(), 2):
            assert f"review {number}: " in err
            assert part in err
        assert kept(folder) == []

    def test_what_is_not_finished_can_be_judged_with_0_if_it_is_asked_for(self, scaffolder: Run, folder: Path) -> None:
        hand_in(folder, "ben", readme("ben", f"{PROBLEM}\n\nTODO(others): who else?"), at="2026-11-22T08:00:00Z")
        assert ("ben", "churn", "problem") not in places(scaffolder("cohort", "review", folder, "--list", "--json"))
        asked = scaffolder("cohort", "review", folder, "--list", "--json", "--item", "problem", "--project", "churn")
        assert places(asked) == [(who, "churn", "problem") for who in ("ada", "cem", "ben")]
        listed = [(each["state"], "TODO(others)" in each["text"]) for each in json.loads(asked.out)["waiting"]]
        assert listed == [("written", False), ("written", False), ("placeholder", True)]
        entries = [ENTRY.replace('"ada"', '"ben"').replace('"problem"', f'"{item}"') for item in ("problem", "demo")]
        Path("given.toml").write_text("".join(entries).replace("score = 2", "score = 0"))
        assert scaffolder("cohort", "review", folder, "--from", "given.toml", "--reviewer", GRACE).code == 0
        assert [each[2:4] for each in kept(folder)] == [("problem", 0), ("demo", 0)]
        for item in ("problem", "demo"):
            again = scaffolder("cohort", "review", folder, "--list", "--json", "--item", item, "--student", "ben")
            assert places(again) == []
        hand_in(folder, "ben", readme("ben"), at="2026-11-23T08:00:00Z")
        out = scaffolder("cohort", "review", folder, "--list", "--student", "ben").out
        assert "ben  churn  problem  README.md:3  changed since it was judged: 0 of 3 on " in out

    def test_a_reader_who_has_seen_enough_is_no_failure_of_the_ledger(self, folder: Path) -> None:
        def closed(*_: object, **__: object) -> None:
            raise BrokenPipeError(32, "Broken pipe")

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device", "kept.txt")

        for fails, error in ((closed, BrokenPipeError), (full, OutsideError)):
            with pytest.raises(error) as raised, ledger.opened(folder):
                fails()
            assert "ledger" not in str(raised.value)
        with pytest.raises(OutsideError, match="ledger"), ledger.opened(folder) as book:
            book._all("SELECT nothing FROM nowhere")

    @pytest.mark.parametrize("data", [b"", b"\xff", b"[[review", b"#" * 400_001, b"review = 3", b"review = [3]"])
    def test_a_file_that_cannot_be_used_is_one_sentence(self, scaffolder: Run, folder: Path, data: bytes) -> None:
        Path("given.toml").write_bytes(data)
        refused(scaffolder("cohort", "review", folder, "--from", "given.toml", "--reviewer", GRACE))

    def test_says_who_or_what_is_not_there(self, scaffolder: Run, folder: Path, tmp_path: Path) -> None:
        empty = make(tmp_path / "empty")
        for arguments, part in (
            ([folder, "--list", "--student", "aad"], "did you mean 'ada'?"),
            ([folder, "--list", "--project", "cv"], "choose from churn, rag."),
            ([folder, "--list", "--item", "tests"], "There is no written item 'tests'"),
            ([folder, "--list", "--from", "-"], "say either --list or --from"),
            ([empty, "--list"], "Nothing was collected yet"),
            ([tmp_path / "nowhere", "--list"], "is not a cohort"),
        ):
            refused(scaffolder("cohort", "review", *arguments), part)

    def test_one_broken_repository_does_not_stop_the_others(self, scaffolder: Run, folder: Path) -> None:
        with ledger.opened(folder) as book:
            book.record(collected=[ledger.Collected("dee", "churn", "1" * 40, "2026-11-21T00:00:00Z")])
        shutil.rmtree(home.repository(folder, "ben", "churn"))
        code, out, err = scaffolder("cohort", "review", folder, "--list", "--json")
        assert code == 3
        assert {place[0] for place in places(Outcome(code, out, err))} == {"ada", "cem"}
        assert [each["project"] for each in json.loads(out)["problems"]] == ["ben/churn", "dee/churn"]
        assert "  dee/churn: It was not checked: 'scaffolder cohort check' does that." in err
        assert "  ben/churn: " in err


def texts_of(folder: Path, snapshot: ledger.Collected) -> tuple[Text, ...]:
    with ledger.opened(folder) as book:
        (read,) = reviewing.read(folder, book, {snapshot.key: snapshot})
    return read.texts


def test_long_lines_are_wrapped_for_a_terminal(folder: Path) -> None:
    text = f"{PROBLEM} {'x' * 200} {'-' * 200}\n\n    indented " + "word " * 20
    problem, *_ = texts_of(folder, hand_in(folder, "ada", readme("ada", text)))
    shown = list(lines_of(problem, width=40))
    told = [line[4:] for line in shown if line.startswith("  | ")]
    assert max(map(len, told)) == 40
    assert " ".join(" ".join(problem.lines).split()).replace(" ", "") == "".join(told).replace(" ", "")
    assert any(line.startswith("  |     indented word") for line in shown)


def test_only_the_ledger_counts(folder: Path) -> None:
    """A student's own docs/reviews.toml says nothing here."""
    own = (
        b'[[review]]\nitem = "problem"\nreviewer = "Friend"\nscore = 3\ndate = "2026-01-01"\ntext = "'
        + b"0" * 64
        + b'"\n'
    )
    snapshot = hand_in(folder, "ada", readme("ada"), files={"docs/reviews.toml": own})
    found = {text.item: text.reviews for text in texts_of(folder, snapshot) if text.lines}
    assert found == {"problem": (), "limitations": ()}


def test_line_breaks_alone_do_not_bring_a_text_back(
    scaffolder: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("given.toml").write_text(ENTRY)
    scaffolder("cohort", "review", folder, "--from", "given.toml", "--reviewer", GRACE)
    hand_in(folder, "ada", readme("ada", PROBLEM.replace(". ", ".\n"), LIMITS), at="2999-01-01T00:00:00Z")
    assert ("ada", "churn", "problem") not in places(scaffolder("cohort", "review", folder, "--list", "--json"))
