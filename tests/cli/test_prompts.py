"""The prompts, in a real process on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import time
from pathlib import Path

import pytest
from support import PATIENCE, folder_of, make_template

from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete

pytestmark = pytest.mark.slow

ENTER = ("]: ", "")  # a prompt, and what is typed
DIMENSIONS = {"COLUMNS": "100", "NO_COLOR": "1"}


def default_name(use_case: str) -> str:
    return str(complete(catalog.bundled("classical-ml"), chosen({"use_case": use_case})).public["project_name"])


def default_slug(use_case: str) -> str:
    return folder_of(catalog.bundled("classical-ml"), use_case=use_case)


class Terminal:
    """`scaffolder` running on its own pseudo-terminal."""

    def __init__(self, *arguments: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ.update(DIMENSIONS)
            os.execv(sys.executable, [sys.executable, "-m", "scaffolder", *arguments])
        self.seen = ""

    def expect(self, words: str, seconds: float = PATIENCE) -> str:
        """Read until `words` appear, and return what was read."""
        end = time.monotonic() + seconds
        while words not in self.seen:
            if not select.select([self.descriptor], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"{words!r} did not come after {self.seen!r}")
            try:
                self._read()
            except OSError:
                raise AssertionError(f"{words!r} did not come after {self.seen!r}") from None
        before, found, self.seen = self.seen.partition(words)
        return before + found

    def say(self, text: str) -> None:
        os.write(self.descriptor, f"{text}\n".encode())

    def talk(self, *turns: tuple[str, str]) -> None:
        """Wait for each prompt, and type its answer."""
        for prompt, answer in turns:
            self.expect(prompt)
            self.say(answer)

    def end(self, keys: str = "") -> int:
        """Press `keys`, read the rest into `seen`, and return the exit code.

        They are pressed again while nothing happens: between a prompt and its read, Ctrl-C is lost.
        """
        try:
            for _ in range(int(PATIENCE)):
                os.write(self.descriptor, keys.encode())
                while select.select([self.descriptor], [], [], 1)[0]:
                    self._read()
        except OSError:
            os.close(self.descriptor)
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        raise AssertionError(f"it still runs after {self.seen!r}")

    def _read(self) -> None:
        data = os.read(self.descriptor, 65536)
        if not data:  # the end, where it is no error
            raise OSError
        self.seen += data.decode().replace("\r\n", "\n")


def test_enter_takes_every_default(tmp_path: Path) -> None:
    terminal = Terminal("new", "classical-ml", "--no-git")
    terminal.talk(("starter [nothing]: ", ""), ("data [ours]: ", ""))
    shown = terminal.expect("use_case [risk]: ")
    assert "What should it predict?" in shown
    assert re.search(r"1  risk - .*\n  2  churn - ", shown)
    for name in ("model", "project_name", "project_slug", "description", "author_name", "github_owner"):
        terminal.say("")
        terminal.expect(f"{name} [")
    terminal.say("")
    summary = terminal.expect("Enter to go ahead")
    assert re.search(rf"4  project_slug +{default_slug('risk')}", summary)
    terminal.say("")
    assert terminal.end() == 0
    assert "make demo" in terminal.seen
    assert (tmp_path / default_slug("risk") / "README.md").exists()


def test_numbers_names_beginnings_help_and_mistakes(tmp_path: Path) -> None:
    terminal = Terminal("new", "classical-ml", "--no-git", "--set", "model=xgboost", "--set", "description=It works")
    terminal.talk(
        ("starter [nothing]: ", ""),
        ("data [ours]: ", "?"),
        ("Own data can follow later.", "1"),
        ("use_case [risk]: ", "9"),
        ("'9' is not a valid answer to use_case", "?"),
        ("its data", "dem"),
        (f"project_name [{default_name('demand')}]: ", "<b>"),
        ("is not a valid answer to project_name", "Night Trains"),
        ("project_slug [night-trains]: ", ""),
        ("author_name [", "Ada Lovelace"),
        ("github_owner [", ""),
    )
    summary = terminal.expect("Enter to go ahead")
    assert all(text in summary for text in ("xgboost", "It works", "Ada Lovelace", "demand"))
    terminal.say("")
    assert terminal.end() == 0
    assert (tmp_path / "night-trains" / ".scaffolder.json").exists()


def test_an_answer_can_be_changed_and_what_follows_changes_too(tmp_path: Path) -> None:
    terminal = Terminal("new", "classical-ml", "--no-git")
    terminal.talk(*[ENTER] * 9)
    terminal.talk(("Enter to go ahead", "1"), ("use_case [risk]: ", "2"))
    summary = terminal.expect("Enter to go ahead")
    slug = default_slug("churn")
    assert slug in summary
    terminal.say("project_slug")
    terminal.talk((f"project_slug [{slug}]: ", "loans"))
    assert "loans" in terminal.expect("Enter to go ahead")
    terminal.say("y")
    assert terminal.end() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["loans"]


def test_a_taken_name_can_be_changed_too(tmp_path: Path) -> None:
    (tmp_path / "loans").mkdir()
    terminal = Terminal("new", "classical-ml", "loans", "--no-git")
    terminal.talk(*[ENTER] * 8)
    assert "There is already a folder" in terminal.expect("Type the number or name of an answer")
    terminal.say("")
    terminal.talk(
        ("Type the number or name of an answer", "4"), ("project_slug [", "other-loans"), ("Enter to go ahead", "")
    )
    assert terminal.end() == 0
    assert (tmp_path / "other-loans" / "README.md").exists()
    assert not list((tmp_path / "loans").iterdir())


@pytest.mark.parametrize(("typed", "code"), [("q\n", 1), ("\x04", 1), ("\x03", 130)], ids=["q", "ctrl-d", "ctrl-c"])
def test_stopping_writes_nothing(tmp_path: Path, typed: str, code: int) -> None:
    terminal = Terminal("new", "classical-ml")
    terminal.talk(*[ENTER] * 9)
    terminal.expect("q to stop: ")
    assert terminal.end(typed) == code
    assert "nothing was written" in terminal.seen
    assert not list(tmp_path.iterdir())


def test_the_summary_says_what_can_be_typed(tmp_path: Path) -> None:
    terminal = Terminal("new", "classical-ml", "loans", "--no-git")
    terminal.talk(*[ENTER] * 8)
    terminal.expect("go ahead, type the number or name of an answer to change it, or q to stop: ")
    for typed in ("99", "0", "modle"):
        terminal.say(typed)
        terminal.expect(f"'{typed}' is neither a number from 1 to 7 nor the name of an answer.\n")
        terminal.expect("Press Enter to go ahead")
    terminal.say("q")
    assert terminal.end() == 1


def test_without_a_template_the_templates_are_a_menu(tmp_path: Path) -> None:
    terminal = Terminal("new", "--no-git", "--set", "author_name=Ada Lovelace")
    shown = terminal.expect("template [classical-ml]: ")
    for number, name in enumerate(catalog.names(), 1):
        assert f"  {number}  {name} - {catalog.bundled(name).about.title}\n" in shown
    terminal.say("?")
    terminal.talk(
        ("'scaffolder list' says what each one demonstrates.", "7 of 9"),
        ("'7 of 9' is not a valid answer to template", "4"),
        ("starter [nothing]: ", ""),
        ("data [ours]: ", ""),
    )
    terminal.expect(catalog.bundled(catalog.names()[3]).about.title)
    terminal.talk(("]: ", "\x04"))
    assert terminal.end() == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["--yes"], ["--yes", "--json"]])
def test_yes_means_no_menu(arguments: list[str]) -> None:
    terminal = Terminal("new", *arguments)
    assert terminal.end() == 2
    assert "Missing argument 'TEMPLATE'" in terminal.seen


def test_a_template_of_somebody_else_asks_the_same_way(tmp_path: Path) -> None:
    rules = {"name": {"pattern": "[a-z]+", "pattern_hint": "small letters"}}
    config = {"name": "x", "project_slug": "{{ cookiecutter.name }}-made", "_scaffolder": {"questions": rules}}
    make_template(tmp_path / "t", config, {"a.txt": b"{{ cookiecutter.name }}"})
    terminal = Terminal("new", "./t", "--no-git")
    terminal.talk(
        ("name [x]: ", "X1"),
        ("small letters", "mine"),
        ("project_slug [mine-made]: ", ""),
        ("Press Enter to go ahead", ""),
    )
    assert terminal.end() == 0
    assert (tmp_path / "mine-made" / "a.txt").read_text() == "mine"


def test_a_bad_option_is_told_before_the_first_question() -> None:
    terminal = Terminal("new", "classical-ml", "--set", "github_owner=a--b")
    assert terminal.end() == 2
    assert "use_case [" not in terminal.seen


def test_a_site_asks_whose_it_is_and_which_role_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "parcels").mkdir()
    (tmp_path / "parcels/README.md").write_text("# Parcels\n\nSays which parcels come late.\n")
    terminal = Terminal("portfolio", "site", "parcels", "--name", "Ada Lovelace")
    terminal.talk(("role []: ", "AI engineer"))
    assert terminal.end() == 0
    page = (tmp_path / "site/index.html").read_text("utf-8")
    assert "Ada Lovelace" in page
    assert "AI engineer" in page


def test_own_data_are_asked_for_first_and_then_what_only_their_owner_knows(tmp_path: Path) -> None:
    rows = (f"{20 + number % 60},{'yes' if number % 7 < 3 else 'no'}\n" for number in range(200))
    (tmp_path / "visits.csv").write_text("age,missed\n" + "".join(rows))
    terminal = Terminal("new", "classical-ml", "no-shows", "--no-git")
    terminal.talk(
        ("starter [nothing]: ", ""),
        ("data [ours]: ", "own"),
        ("path []: ", ""),
        ("there is no default for it", "visits.csv"),
        ("target []: ", "missed"),
        ("row [row]: ", "a <b>"),
        ("cannot be used", "visit"),
    )
    assert "When is 'missed' 'yes'? Half a sentence" in terminal.expect("meaning []: ")
    terminal.say("")
    assert "unit []" not in terminal.expect("actor []: ")
    terminal.say("")
    terminal.talk(("miss []: ", "much"), ("it must be a number", ""))
    for name in ("false_alarm", "currency"):
        terminal.expect(f"{name} []: ")
        terminal.say("")
    shown = terminal.expect("model [")
    assert "'missed' is 'yes' in" in shown
    assert "use_case" not in shown
    for _ in range(5):
        terminal.say("")
        terminal.expect("]: ")
    terminal.say("")
    terminal.talk(("Enter to go ahead", ""))
    assert terminal.end() == 0
    assert 'entity = "visit"' in (tmp_path / "no-shows/settings.toml").read_text()


def test_who_has_chosen_our_data_is_not_asked_whose(tmp_path: Path) -> None:
    terminal = Terminal("new", "classical-ml", "--no-git", "--set", "use_case=risk")
    terminal.talk(("starter [nothing]: ", ""))
    assert "Whose data?" not in terminal.expect("model [")
    assert terminal.end("\x04") == 1


def test_how_much_to_write_is_asked_where_a_template_has_exercises(tmp_path: Path) -> None:
    terminal = Terminal("new", "rag-assistant", "night-shift", "--no-git")
    shown = terminal.expect("starter [nothing]: ")
    assert "How much do you want to write yourself?" in shown
    assert re.search(r"1  nothing - .*\n  2  core - .*: about [\d.]+ h\n(?:.*\n)*? *3  all - ", shown)
    terminal.say("core")
    for name in ("data", "embedding", "vector_store", "project_name", "description", "author_name", "github_owner"):
        terminal.expect(f"{name} [")
        terminal.say("")
    terminal.talk(("Enter to go ahead", ""))
    assert terminal.end() == 0
    assert "scaffolder exercise" in terminal.seen
    assert (tmp_path / "night-shift/tests/exercises/test_fusion.py").exists()
    assert not (tmp_path / "night-shift/tests/exercises/test_prompt.py").exists()


def test_who_has_said_what_to_write_is_not_asked(tmp_path: Path) -> None:
    terminal = Terminal("new", "rag-assistant", "--no-git", "--starter", "all")
    assert "How much" not in terminal.expect("data [ours]: ")
    terminal.end("\x03")
