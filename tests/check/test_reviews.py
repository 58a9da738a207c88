"""What people judged: kept with the hash of what they read, and never lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from cost import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewable import GRACE, PROBLEM, make
from support import ROOT, commit_all, git

from scaffolder.check.examine import opened
from scaffolder.check.items import ITEMS
from scaffolder.check.review_session import MOST_LINES, ReviewSession
from scaffolder.check.reviews import (
    LONGEST_COMMENT,
    MOST_CHARACTERS,
    MOST_REVIEWS,
    PATH,
    Review,
    ReviewError,
    add,
    checked,
    merged,
    parse,
    read,
    reviews,
    text_of,
)
from scaffolder.errors import OutsideError
from scaffolder.results.finding import Standing

SHA = "0" * 64
DAYS = ("2026-13-45", "2999-01-01", "yesterday", "2026-1-1")  # on which nobody reviewed
_printable = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" \n"), max_size=60)
_reviews = st.builds(
    Review,
    item=st.sampled_from([item.id for item in ITEMS]),
    reviewer=st.from_regex(r"[\w ]{0,20}\w <\w+@\w+>", fullmatch=True).filter(lambda text: text.isprintable()),
    score=st.integers(0, 3),
    comment=_printable.filter(lambda text: text.replace("\n", "").isprintable()),
    date=st.dates(max_value=date(2026, 11, 1)).map(str),
    text=st.binary(min_size=32, max_size=32).map(bytes.hex),
)


def entry(item: str = "problem", reviewer: str = GRACE, score: int = 2, comment: str = "", text: str = SHA) -> Review:
    return Review(item, reviewer, score, comment, "2026-11-25", text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "radar")


@settings(max_examples=30)
@given(st.lists(_reviews, max_size=6))
def test_what_is_written_is_read_again(some: list[Review]) -> None:
    assert sorted(parse(text_of(some)), key=repr) == sorted(some, key=repr)
    assert text_of(parse(text_of(some))) == text_of(some)


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_is_kept_as_it_is_or_refused(comment: str, reviewer: str) -> None:
    try:
        review = checked(entry(comment=comment, reviewer=reviewer), "here")
    except ReviewError as error:
        assert str(error).isprintable()
    else:
        assert parse(text_of([review])) == (review,)


def test_a_later_review_by_the_same_person_replaces_the_earlier_one() -> None:
    first, second = entry(score=1), entry(reviewer=GRACE.upper(), score=3)
    other = entry(reviewer="Alan Turing")
    assert merged((first, other), second) == (other, second)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[review]\n", "is not TOML"),
        ("x = 1\n", "is not a list"),
        ("review = 3\n", "is not a list"),
        ("[[review]]\nitem = 'problem'\n", "`reviewer` is missing"),
        (text_of([entry(score=7)]), "the score is 7"),
        (text_of([entry(reviewer=" ")]), "no name"),
        (text_of([entry(comment="x" * (LONGEST_COMMENT + 1))]), "longer than"),
        (text_of([entry()]).replace('comment = ""', r'comment = "\u001b[31m"'), "control characters"),
        (text_of([entry(text="x")]), "SHA-256"),
        *((text_of([entry()]).replace("2026-11-25", day), "the date is not a day") for day in DAYS),
        (text_of([entry(reviewer="A\nB <a@b.c>", comment="two\nlines")]), "the reviewer has control characters"),
        ("#" * (MOST_CHARACTERS + 1), "larger than"),
        (text_of([entry(reviewer=f"R{number}") for number in range(MOST_REVIEWS + 1)]), PATH),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_and_stays_as_it_is(folder: Path, text: str, said: str) -> None:
    (folder / "docs").mkdir()
    (folder / PATH).write_text(text)
    for use in (lambda: ReviewSession(folder), lambda: add(folder, [entry()])):
        with pytest.raises(ReviewError, match=re.escape(said)) as caught:
            use()
        assert str(caught.value).isprintable()
    assert (folder / PATH).read_text() == text
    repo = opened(folder)
    assert reviews(repo) == {}
    assert [note for note in repo.snapshot.notes if PATH in note]


def test_a_review_of_no_written_item_is_said(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / PATH).write_text(text_of([entry("problme"), entry()]))
    with pytest.raises(ReviewError, match="'problme', which is not a written item: did you mean 'problem'"):
        read(folder)
    repo = opened(folder)
    assert set(reviews(repo)) == {"problem"}
    assert [note for note in repo.snapshot.notes if "not a written item" in note]


def test_a_name_made_to_slow_us_down_does_not() -> None:
    with at_most(100), pytest.raises(ReviewError):
        checked(entry(reviewer=" " * 100_000 + "<"), "here")


class TestStanding:
    def _kept(self, folder: Path, reviewer: str) -> Standing:
        session = ReviewSession(folder)
        (kept,) = session.keep(session.review("problem", reviewer, 3, ""))
        (found,) = [each for each in reviews(opened(folder))["problem"] if each.reviewer == reviewer]
        assert found == kept
        assert session.standing(reviewer) is kept.standing
        return kept.standing

    def test_without_a_history_nobody_can_tell_who_the_authors_are(self, folder: Path) -> None:
        assert self._kept(folder, GRACE) is Standing.UNKNOWN

    @pytest.mark.parametrize("author", ["Ada", "ADA <someone@else.org>", "A. L. <ada@example.org>"])
    def test_an_author_is_marked(self, folder: Path, author: str) -> None:
        commit_all(folder)
        assert self._kept(folder, author) is Standing.SELF
        assert self._kept(folder, GRACE) is Standing.CURRENT

    def test_nor_with_the_end_of_a_history_only(self, folder: Path, tmp_path: Path) -> None:
        commit_all(folder)
        (folder / "later.txt").write_text("")
        commit_all(folder)
        git(tmp_path, "clone", "-q", "--depth=1", folder.as_uri(), "shallow")
        assert self._kept(tmp_path / "shallow", GRACE) is Standing.UNKNOWN
        notes = opened(tmp_path / "shallow")
        assert reviews(notes)
        assert "The clone is shallow" in notes.snapshot.notes[0]

    @pytest.mark.parametrize(
        "settings",
        [
            {"remote.origin.url": "ssh://nowhere/x", "core.sshCommand": "touch TRAP; false"},
            {
                "remote.origin.url": "FOLDER",
                "remote.origin.uploadpack": "touch TRAP; false",
                "protocol.file.allow": "always",
            },
        ],
    )
    def test_a_partial_clone_fetches_nothing_and_runs_no_program(
        self, folder: Path, tmp_path: Path, settings: dict[str, str]
    ) -> None:
        commit_all(folder)
        self._kept(folder, GRACE)
        commit_all(folder)
        tree = git(folder, "rev-parse", "HEAD~1^{tree}")
        (folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
        promisor = {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
        }
        for name, value in {**promisor, **settings}.items():
            git(folder, "config", name, value.replace("TRAP", f"{tmp_path}/trap").replace("FOLDER", str(folder)))
        assert reviews(opened(folder))["problem"][0].standing is Standing.UNKNOWN
        assert not (tmp_path / "trap").exists()

    def test_a_changed_text_makes_a_review_stale_and_line_breaks_do_not(self, folder: Path) -> None:
        commit_all(folder)
        self._kept(folder, GRACE)
        readme = folder / "README.md"
        readme.write_text(readme.read_text("utf-8").replace("and each", "and\neach"), "utf-8")
        assert reviews(opened(folder))["problem"][0].standing is Standing.CURRENT
        readme.write_text(readme.read_text("utf-8").replace("0.85", "0.95"), "utf-8")
        assert reviews(opened(folder))["problem"][0].standing is Standing.STALE
        assert [text.item for text in ReviewSession(folder).waiting(GRACE)].count("problem") == 1


class TestSession:
    def test_shows_no_marks_of_blocks(self, folder: Path) -> None:
        marked = f"<!-- data:problem -->\n{PROBLEM}\n<!-- /data:problem -->\n<!-- measured:x -->\n\n`<!-- data:y -->` <!-- seen -->\n"
        (folder / "README.md").write_text(f"# R\n\n## Problem\n\n{marked}")
        assert ReviewSession(folder).texts["problem"].lines == (PROBLEM, "", "`<!-- data:y -->` <!-- seen -->")

    def test_shows_the_text_its_place_and_its_rubric(self, folder: Path) -> None:
        text = ReviewSession(folder).texts["problem"]
        assert (text.place, text.left_out, len(text.rubric)) == ("README.md:3", 0, 3)
        assert PROBLEM in text.lines

    def test_shows_no_more_than_a_person_can_read(self, folder: Path) -> None:
        (folder / "README.md").write_text("# R\n\n## Problem\n\n" + "We lose 40 customers each week.\n\n" * 1_000)
        text = ReviewSession(folder).texts["problem"]
        assert len(text.lines) == MOST_LINES
        assert text.left_out > 1_700
        (folder / "README.md").write_text("# R\n\n## Problem\n\n" + "We lose 40 customers each week. " * 1_000)
        assert len("".join(ReviewSession(folder).texts["problem"].lines)) < 13_000

    def test_a_text_that_this_person_has_judged_waits_no_more(self, folder: Path) -> None:
        session = ReviewSession(folder)
        session.keep(session.review("problem", GRACE, 3, ""))
        again = ReviewSession(folder)
        assert "problem" not in [text.item for text in again.waiting(GRACE)]
        assert "problem" in [text.item for text in again.waiting("Alan Turing")]
        assert [text.item for text in again.waiting(GRACE, ["problem"])] == ["problem"]

    @pytest.mark.parametrize(("item", "said"), [("problme", "did you mean 'problem'"), ("problem", "`placeholder`")])
    def test_only_what_is_written_can_be_reviewed(self, folder: Path, item: str, said: str) -> None:
        (folder / "README.md").write_text("# R\n\n## Problem\n\nTODO(problem): who?\n")
        with pytest.raises(ReviewError, match=said):
            ReviewSession(folder).waiting(items=[item])


class TestKeeping:
    def test_forty_reviewers_in_one_moment_all_stay(self, folder: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: add(folder, [entry(reviewer=f"R{number}")]), range(40)))
        assert {review.reviewer for review in read(folder)} == {f"R{number}" for number in range(40)}
        assert os.listdir(folder / "docs") == ["reviews.toml"]

    @pytest.mark.parametrize("link", ["docs", PATH])
    @pytest.mark.parametrize("target", ["outside", "absent"])
    def test_no_link_is_followed(self, folder: Path, tmp_path: Path, link: str, target: str) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (folder / link).parent.mkdir(exist_ok=True)
        (folder / link).symlink_to(tmp_path / target)
        with pytest.raises(ReviewError, match="is a link"):
            add(folder, [entry()])
        assert os.listdir(outside) == []
        assert not (tmp_path / "absent").exists()

    def test_a_file_in_the_place_of_the_folder_is_said(self, folder: Path) -> None:
        (folder / "docs").write_text("")
        with pytest.raises(OutsideError, match="docs"):
            add(folder, [entry()])

    def test_what_could_not_be_read_again_is_not_written(self, folder: Path) -> None:
        add(folder, [entry()])
        with pytest.raises(ReviewError, match="a long run of dots"):
            add(folder, [entry(reviewer="Alan", comment=".".join("a" * 40))])
        with pytest.raises(ReviewError, match="it is full"):
            add(folder, [entry(reviewer=f"R{number}", comment="x" * 4_000) for number in range(120)])
        assert read(folder) == (entry(),)

    def test_a_killed_writer_leaves_the_old_file_or_the_new_one(self, folder: Path) -> None:
        for delay in (0.0, 0.02, 0.05):
            writer = subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(folder)],
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert writer.stdout is not None
            accepted = int(next(_lines(writer.stdout.fileno())))
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            writer.stdout.close()
            assert len(read(folder)) >= accepted


_WRITER = """
import sys
from pathlib import Path
from scaffolder.check.reviews import Review
from scaffolder.check.reviews import add, read
folder = Path(sys.argv[1])
for number in range(10_000):
    add(folder, [Review("problem", f"R{number} {id(folder)}", 2, "x" * 200, "2026-11-25", "0" * 64)])
    print(len(read(folder)), flush=True)
"""


def _lines(descriptor: int) -> Iterator[str]:
    with open(os.dup(descriptor)) as stream:
        yield from stream


def test_a_comment_may_be_left_out_and_a_date_may_be_a_date(tmp_path: Path) -> None:
    make(tmp_path)
    (review,) = ReviewSession(tmp_path).given('[[review]]\nitem = "problem"\nscore = 2\ndate = 2026-11-20\n', GRACE)
    assert (review.comment, review.date) == ("", "2026-11-20")
