"""`scaffolder review` as a reviewer, a program and a hostile repository meet it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import reviewable
from on_a_terminal import Terminal
from reviewable import GRACE, make
from support import ROOT, Outcome, commit_all, git

from scaffolder.check.examine import check
from scaffolder.check.reviews import MOST_CHARACTERS, PATH, parse

Run = Callable[..., Outcome]
SELF = "You are an author of this repository: your review is kept and marked `self`, and does not count for --reviewed."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return commit_all(make(tmp_path / "radar"))


def kept(folder: Path) -> list[tuple[str, int, str]]:
    return [(each.item, each.score, each.comment) for each in parse((folder / PATH).read_text("utf-8"))]


@pytest.mark.slow
class TestOnATerminal:
    def test_asks_for_every_text_beside_its_rubric_and_keeps_what_is_said(self, folder: Path) -> None:
        with Terminal(folder, "--reviewer", GRACE) as session:
            shown = session.expect("Score 0-3 (Enter skips, q stops): ")
            for part in ("1 of 2, problem, README.md:3", reviewable.PROBLEM, "A good text answers:", "3. Would you"):
                assert part in " ".join(shown.replace("\r\n  | ", " ").split())
            session.type("9\n")
            session.expect("Type 0, 1, 2 or 3.")
            session.type("3\n")
            session.expect("Comment")
            session.type("The cost is there: 420 €.\n")
            session.expect("Kept in docs/reviews.toml.")
            session.expect("2 of 2, test-plan, README.md:9")
            session.expect("Score 0-3")
            session.type("\n")
            assert session.rest().endswith("Reviews kept in docs/reviews.toml: 1.\n")
        assert session.process.returncode == 0
        assert kept(folder) == [("problem", 3, "The cost is there: 420 €.")]

    def test_killed_after_the_first_score_it_has_lost_nothing(self, folder: Path) -> None:
        with Terminal(folder, "--reviewer", GRACE) as session:
            session.expect("Score 0-3")
            session.type("2\nclear\n")
            session.expect("Kept in")
            session.expect("Score 0-3")
            session.type("1\n")
            session.expect("Comment")
            session.process.send_signal(signal.SIGKILL)
            session.process.wait()
        assert kept(folder) == [("problem", 2, "clear")]
        assert os.listdir(folder / "docs") == ["reviews.toml"]

    def test_ctrl_c_says_what_is_kept(self, folder: Path) -> None:
        with Terminal(folder, "--reviewer", GRACE) as session:
            session.expect("Score 0-3")
            session.type("2\n\n")
            session.expect("2 of 2")
            session.expect("Score 0-3")
            assert "Stopped. Reviews kept in docs/reviews.toml: 1." in session.interrupt()
        assert session.process.returncode == 130

    def test_q_and_the_end_of_input_stop(self, folder: Path) -> None:
        for typed in ("q\n", "\x04"):
            with Terminal(folder, "--reviewer", GRACE, "--item", "test-plan") as session:
                assert "test-plan" in session.expect("Score 0-3")
                session.type(typed)
                assert session.rest().endswith("No review was given.\n")
            assert session.process.returncode == 0
        assert not (folder / "docs").exists()

    def test_takes_the_name_from_the_reviewers_own_git_and_tells_an_author(
        self, folder: Path, git_settings: Callable[[str], None]
    ) -> None:
        git_settings("[user]\nname = Ada\nemail = ada@example.org\n")
        git(folder, "config", "user.name", "Somebody Else")
        with Terminal(folder) as session:
            session.expect("Your name and address [Ada <ada@example.org>]: ")
            session.type("\n")
            session.expect(SELF)
            session.expect("Score 0-3")
            session.type("3\n\nq\n")
            session.rest()
        (review,) = next(finding for finding in check(folder).findings if finding.item == "problem").reviews
        assert (review.reviewer, review.standing) == ("Ada <ada@example.org>", "self")

    def test_json_goes_to_standard_output_alone(self, folder: Path) -> None:
        leader, follower = pty.openpty()
        command = [sys.executable, "-m", "scaffolder", "review", str(folder), "--json", "--reviewer", GRACE]
        os.write(leader, b"3\nfine\n" + b"\n" * 60)
        done = subprocess.run(
            [*command, "--item", "problem"],
            stdin=follower,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        (recorded,) = json.loads(done.stdout)["recorded"]
        assert (recorded["item"], recorded["score"], recorded["standing"]) == ("problem", 3, "current")
        assert b"Score 0-3" in done.stderr


class TestWithoutATerminal:
    FILE = '[[review]]\nitem = "problem"\nscore = 2\ncomment = "clear"\n'

    @pytest.fixture(autouse=True)
    def _no_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("scaffolder.cli.interview.is_interactive", lambda: False)

    def test_it_needs_a_file_or_a_wish_to_list(self, scaffolder: Run, folder: Path) -> None:
        code, out, err = scaffolder("review", folder)
        assert (code, out) == (2, "")
        assert err.startswith("scaffolder: There is no terminal to ask on: say --list")
        assert scaffolder("review", folder, "--list", "--from", "x").code == 2

    def test_lists_what_there_is_to_review(self, scaffolder: Run, folder: Path) -> None:
        code, out, _ = scaffolder("review", folder, "--list", "--item", "problem")
        assert code == 0
        assert "problem  README.md:3" in out
        assert "A good text answers:" in out
        assert not set(out) & set("\x1b\x07\x08\x7f\x9b\u202e")

    def test_lists_for_programs(self, scaffolder: Run, folder: Path) -> None:
        out = scaffolder("review", folder, "--list", "--json", "--item", "problem").out
        assert out.isascii()
        (text,) = json.loads(out)["waiting"]
        assert reviewable.PROBLEM in text["text"]
        assert (len(text["rubric"]), len(text["sha256"]), text["place"]) == (3, 64, "README.md:3")

    def test_takes_reviews_from_a_file(self, scaffolder: Run, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "given.toml").write_text(self.FILE)
        outcome = scaffolder("review", folder, "--from", "given.toml", "--reviewer", GRACE)
        assert outcome == (0, f"problem: 2 of 3 by {GRACE}\n", "")
        assert kept(folder) == [("problem", 2, "clear")]
        (tmp_path / "given.toml").write_text(f'{self.FILE}reviewer = "Ada"\n')
        code, out, _ = scaffolder("review", folder, "--from", "given.toml", "--json")
        assert (code, json.loads(out)["recorded"][0]["standing"]) == (0, "self")
        assert len(kept(folder)) == 2

    @pytest.mark.parametrize(
        ("reviewer", "said"),
        [
            ("Ada", "Ada is an author of this repository: "),
            ("No Address", "No Address has no address, so only the name was compared with those of the authors.\n"),
        ],
    )
    def test_tells_what_is_doubtful_about_a_reviewer(
        self, scaffolder: Run, folder: Path, tmp_path: Path, reviewer: str, said: str
    ) -> None:
        (tmp_path / "given.toml").write_text(self.FILE)
        code, out, err = scaffolder("review", folder, "--from", "given.toml", "--reviewer", reviewer)
        assert (code, out) == (0, f"problem: 2 of 3 by {reviewer}\n")
        assert err.startswith(f"Note: {said}")

    def test_takes_reviews_from_standard_input(self, folder: Path) -> None:
        command = [sys.executable, "-m", "scaffolder", "review", str(folder), "--from", "-", "--reviewer", GRACE]
        subprocess.run(command, input=self.FILE.encode(), check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert kept(folder) == [("problem", 2, "clear")]

    def test_does_not_wait_for_a_pipe(self, folder: Path, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        command = [sys.executable, "-m", "scaffolder", "review", str(folder), "--from", str(tmp_path / "pipe")]
        done = subprocess.run(command, timeout=60, capture_output=True, text=True, check=False)
        said = f"scaffolder: '{tmp_path}/pipe' cannot be read: it is no regular file.\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, "", said)

    def test_the_hash_of_another_text_is_refused(self, scaffolder: Run, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "given.toml").write_text(f'{self.FILE}text = "{"0" * 64}"\n')
        outcome = scaffolder("review", folder, "--from", "given.toml", "--reviewer", GRACE)
        assert outcome.code == 2
        assert "no longer the one that was read" in outcome.err

    def test_names_all_that_is_wrong_at_once_and_writes_nothing(
        self, scaffolder: Run, folder: Path, tmp_path: Path
    ) -> None:
        wrong = (
            self.FILE
            + '[[review]]\nitem = "problme"\nscore = 2\ncomment = ""\n'
            + '[[review]]\nitem = "problem"\nscore = 4\ncomment = ""\n'
            + '[[review]]\nitem = "problem"\nscore = "2"\ncomment = ""\n'
            + '[[review]]\nitem = "problem"\nscore = 2\ncomment = "\\u001b"\n'
            + '[[review]]\nitem = "problem"\nscore = 2\ncomment = ""\nscroe = 3\n'
            + '[[review]]\nscore = 2\n[[review]]\nitem = "problem"\n'
            + '[[review]]\nitem = "problem"\nscore = 2\ncomment = 5\n'
            + '[[review]]\nitem = "problem"\nscore = 2\ndate = 2999-01-01\n'
        )
        (tmp_path / "given.toml").write_text(wrong)
        code, out, err = scaffolder("review", folder, "--from", "given.toml", "--reviewer", GRACE)
        assert (code, out, err.count("\n")) == (2, "", 1)
        for part in (
            "review 2: there is no",
            "did you mean 'problem'",
            "review 3: the score is 4",
            "review 4: `score` is not a whole number",
            "review 7: `item` is missing",
            "review 8: `score` is missing",
            "review 9: `comment` is not a text",
            "review 10: the date is not a day",
        ):
            assert part in err
        assert "review 5: the comment has control characters" in err
        assert "review 6: there is no setting 'scroe'" in err
        assert not (folder / "docs").exists()

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff",
            b"[[review",
            b"#" * (MOST_CHARACTERS + 1),
            b"review = 3",
            b"review = [3]",
            b"a.b" * 9,
            FILE.encode(),
        ],
    )
    def test_a_file_that_cannot_be_used_is_one_sentence(
        self, scaffolder: Run, folder: Path, tmp_path: Path, data: bytes
    ) -> None:
        (tmp_path / "given.toml").write_bytes(data)  # the last one names no reviewer
        code, out, err = scaffolder("review", folder, "--from", "given.toml")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert not (folder / "docs").exists()

    def test_what_does_not_exist(self, scaffolder: Run, folder: Path) -> None:
        assert scaffolder("review", "absent", "--list").code == 2
        assert scaffolder("review", folder, "--from", "absent").code == 2
        assert "did you mean 'problem'" in scaffolder("review", folder, "--list", "--item", "problme").err
