"""Each student gets a file that is true of what was collected; a teacher's own words in it stay."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from cohorts import CONFIG, FILES, classroom_in
from collected_class import PROBLEM, hand_in, make, readme
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support import ROOT, Outcome, git, make_template, refused

from scaffolder.cohort import ledger
from scaffolder.pages.feedback import page
from scaffolder.results.finding import Evidence, Finding, Level, Reviewed, Standing, State
from scaffolder.results.report import ProjectFeedback, Report

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
GRACE = "Grace Hopper <grace@example.org>"


@pytest.fixture
def folder(scaffolder: Run, tmp_path: Path) -> Path:
    """Ada has two projects and one judgement, Ben has one project and none."""
    made = make(tmp_path / "class")
    for student, project in (("ada", "churn"), ("ada", "rag"), ("ben", "churn")):
        hand_in(made, student, readme(student), project=project, at="2026-11-20T08:00:00Z")
    entry = '[[review]]\nstudent = "ada"\nproject = "churn"\nitem = "problem"\nscore = 1\ncomment = """{}"""\n'
    Path("given.toml").write_text(entry.format("Say the *number*.\nSee https://example.org/how_to <b>"))
    scaffolder("cohort", "review", made, "--from", "given.toml", "--reviewer", GRACE)
    return made


def of(folder: Path, student: str) -> str:
    return (folder / "feedback" / f"{student}.md").read_text("utf-8")


def test_what_holds_grades_is_for_its_owner_alone(scaffolder: Run, folder: Path) -> None:
    assert scaffolder("cohort", "feedback", folder).code == 0
    for file in (folder / "feedback/ada.md", folder / ledger.NAME):
        assert file.stat().st_mode & 0o777 == 0o600, file


def test_says_what_was_judged_what_waits_and_what_to_do_next(scaffolder: Run, folder: Path) -> None:
    outcome = scaffolder("cohort", "feedback", folder)
    assert outcome == (0, f"Files in {folder / 'feedback'}: 2 written, 0 unchanged, 0 left as they are.\n", "")
    text = of(folder, "ada")
    churn, rag = text.split("## rag\n")
    for part in (
        "# Feedback for ada\n",
        "## churn\n\nThis is about the commit collected on 2026-11-20 08:00:00 UTC: `",
        "Level: none yet. 12 items to go for Builder. 1 of 21 verified by machine; 2 of 14 written; "
        "1 judged, 0 of them good or excellent.",
        "#### Problem statement: who has the problem",
        "**Weak** (1 of 3), by Grace Hopper on 20",
        "> Say the \\*number\\*.<br>See https://example.org/how\\_to &lt;b&gt;\n",
        "2. Does it name one number",
        "### Written, and not judged yet\n\n- Limitations and responsible AI",
        "### To write or to verify next, for Builder\n\n- **Problem statement: who has the problem",
        "** (judged weak, 1 of 3, as said above)\n- **Architecture diagram",
        '(missing: no section "Architecture" in README.md)',
        'Under "Architecture" in README.md, draw',
    ):
        assert part in churn
    assert "What was judged" not in rag
    assert "2 of 14 written; none judged yet." in rag
    assert "- Problem statement" in rag
    assert "Run `make demo` (or `make evaluate report`) and change nothing" in rag
    assert "draw your system, as a `mermaid` block or a picture" in rag
    assert "\\`" not in text
    assert "grace@" not in text
    assert "What was judged" not in of(folder, "ben")


def test_only_the_students_that_are_asked_for(scaffolder: Run, folder: Path) -> None:
    assert "1 written" in scaffolder("cohort", "feedback", folder, "--student", "ben").out
    assert [path.name for path in (folder / "feedback").iterdir()] == ["ben.md"]
    refused(scaffolder("cohort", "feedback", folder, "--student", "bne"), "did you mean 'ben'?")


def test_who_has_left_the_course_gets_none(scaffolder: Run, folder: Path) -> None:
    (folder / "cohort.toml").write_text('[[projects]]\ntemplate = "rag-assistant"\nname = "rag"\n')
    (folder / "roster.csv").write_text("id\nada\n")
    assert "1 written, 0 unchanged" in scaffolder("cohort", "feedback", folder).out
    assert not (folder / "feedback/ben.md").exists()
    refused(scaffolder("cohort", "feedback", folder, "--student", "ben"), "Nothing was collected of a student 'ben'")
    assert "ben" not in scaffolder("cohort", "review", folder, "--list").out


def test_work_on_another_branch_is_told(scaffolder: Run, folder: Path) -> None:
    with ledger.opened(folder) as book:
        commit = book.snapshots()["ben", "churn"].commit
        facts = ledger.Facts(branches=("work",))
        book.record([ledger.Entry("ben", "churn", "collect", ledger.State.DONE, "", commit, facts=facts)])
    scaffolder("cohort", "feedback", folder)
    assert "- There is work that is not on 'main' but on 'work'. Only `main` is read: merge your work" in of(
        folder, "ben"
    )
    assert "'work'" not in of(folder, "ada")


def test_only_texts_that_are_there_wait_for_a_judgement(scaffolder: Run, folder: Path) -> None:
    """In `Dockerfile` there are commands that deploy, and no text about it."""
    hand_in(
        folder, "ben", "# Mine\n", files={"Dockerfile": b"FROM python:3.13\n", "docs/notes.md": b"`docker run x`\n"}
    )
    scaffolder("cohort", "feedback", folder)
    assert (
        "Deployment path" not in of(folder, "ben").partition("### Written, and not judged yet")[2].partition("###")[0]
    )
    assert "deployment" not in scaffolder("cohort", "review", folder, "--list").out


def test_a_judgement_of_an_earlier_text_says_so(scaffolder: Run, folder: Path) -> None:
    hand_in(folder, "ada", readme("ada", f"{PROBLEM} And 900 calls a week."), at="2026-11-22T08:00:00Z")
    scaffolder("cohort", "feedback", folder)
    text = of(folder, "ada").split("## rag\n")[0]
    assert "on 2026-11-22 08:00:00 UTC" in text
    assert re.search(r"\*\*Weak\*\* \(1 of 3\), by Grace Hopper on \S+\. The text has changed since\.\n", text)
    assert "### Written, and not judged yet\n\n- Problem statement" in text


def test_twice_is_once_and_what_a_teacher_adds_around_it_stays(scaffolder: Run, folder: Path) -> None:
    scaffolder("cohort", "feedback", folder)
    path = folder / "feedback" / "ada.md"
    before = path.read_text("utf-8")
    path.write_bytes(("Dear Ada,\n\n" + before + "\nSee you on Monday.\n").replace("\n", "\r\n").encode("utf-8-sig"))
    assert "0 written, 2 unchanged" in scaffolder("cohort", "feedback", folder).out
    hand_in(folder, "ada", readme("ada", f"{PROBLEM} And 900 calls a week."), at="2026-11-22T08:00:00Z")
    assert "1 written, 1 unchanged" in scaffolder("cohort", "feedback", folder).out
    text = of(folder, "ada")
    assert text.startswith("Dear Ada,\n\n<!-- scaffolder:feedback ")
    assert text.endswith("<!-- /scaffolder:feedback -->\n\nSee you on Monday.\n")
    assert "The text has changed since." in text


@pytest.mark.parametrize("change", ["edited", "no part", "no text", "huge", "end lost"])
def test_what_a_teacher_changed_is_left_and_said(scaffolder: Run, folder: Path, change: str) -> None:
    scaffolder("cohort", "feedback", folder)
    path = folder / "feedback" / "ada.md"
    text = path.read_text("utf-8")
    changed = {
        "edited": text.replace("**Weak**", "**Nearly good**").encode(),
        "no part": b"My own notes.\n",
        "no text": b"\xff\xfe\x00",
        "huge": text.encode() + b"x" * 3_000_000,
        "end lost": text.replace("<!-- /scaffolder:feedback -->", "").encode(),
    }[change]
    path.write_bytes(changed)
    hand_in(folder, "ada", readme("ada", f"{PROBLEM} And more."), at="2026-11-22T08:00:00Z")
    code, out, err = scaffolder("cohort", "feedback", folder, "--json")
    assert code == 1
    assert {each["student"]: each["state"] for each in json.loads(out)["files"]} == {
        "ada": "failed",
        "ben": "unchanged",
    }
    assert err.startswith("  ada: '")
    assert "was left as it is, because" in err
    assert path.read_bytes() == changed


def test_a_repository_that_cannot_be_read_is_said_and_the_others_are_written(scaffolder: Run, folder: Path) -> None:
    stopped = "The check was stopped: it took longer than 60 seconds."
    with ledger.opened(folder) as book:
        book.record(
            [ledger.Entry("ada", "rag", "check", ledger.State.FAILED, stopped)],
            [ledger.Collected("ben", "churn", "1" * 40, "2026-11-21T00:00:00Z")],
        )
    code, _, err = scaffolder("cohort", "feedback", folder)
    assert code == 3
    assert f"  ada/rag: {stopped}\n" in err
    assert "  ben/churn: It was not checked: 'scaffolder cohort check' does that." in err
    assert f"It could not be read: {stopped}\n" in of(folder, "ada")
    assert "**Weak**" in of(folder, "ada")
    listed = scaffolder("cohort", "review", folder, "--list", "--json")
    assert {(each["student"], each["project"]) for each in json.loads(listed.out)["waiting"]} == {("ada", "churn")}


def test_no_place_of_the_teachers_is_in_a_students_file(scaffolder: Run, folder: Path) -> None:
    with ledger.opened(folder) as book:
        book.record(
            [
                ledger.Entry("ada", "rag", "collect", ledger.State.FAILED, "'/home/grace/x' cannot be read."),
                ledger.Entry("ada", "rag", "update", ledger.State.FAILED, "The remote at git.example.edu is broken."),
                ledger.Entry("ben", "churn", "check", ledger.State.FAILED, "'/home/grace/y' cannot be read."),
            ]
        )
    _, _, err = scaffolder("cohort", "feedback", folder)
    assert "/home/grace/y" in err, "the teacher is told"
    text = of(folder, "ada") + of(folder, "ben")
    assert "It could not be collected: ask your teacher." in text
    assert "was not possible: ask your teacher." in text
    assert "It could not be read: ask your teacher." in text
    assert "grace/" not in text
    assert "git.example.edu" not in text


def test_a_file_in_the_place_of_the_folder_is_one_sentence(scaffolder: Run, folder: Path) -> None:
    (folder / "feedback").write_text("no folder")
    refused(scaffolder("cohort", "feedback", folder), "cannot be written")


HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "</blockquote><script>alert(1)</script>",
        "<!-- /scaffolder:feedback -->",
        "![x](https://evil.example/pixel)",
        "[click](javascript:alert(1))",
        "\n# Excellent (3 of 3)\n",
        "`` ` ``` \n```\n",
        "a\r\rb\u2028c\u2029d\x0be\x0cf",
        "| a | b |\n|---|---|\n",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        "\n\n---\n\n***",
        "\\<b>\\[x](y)",
        "@everyone see #1",
    ]
)


@settings(max_examples=100)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_that_a_stranger_wrote_becomes_markup(comment: str, fact: str, path: str, name: str) -> None:
    def text_of(comment: str, fact: str, path: str, name: str) -> str:
        common = ("Title", Level.BUILDER, True, True)
        review = Reviewed(f"{name} <x>", 1, comment, "2026-11-26", Standing.CURRENT)
        findings = (
            Finding("problem", *common, State.WRITTEN, (Evidence(fact, path, 3),), "", "", "source", (review,)),
            Finding("demo", *common, State.MISSING, (Evidence(fact, path, 3),), "Remedy", "", "source"),
        )
        report = Report(name, "", name, findings, (fact,))
        first = {"failed": (fact,), "conflict": f"The {comment}", "branches": ("scaffold-update-0123456",)}
        given = ProjectFeedback("churn", "1" * 40, "2026-11-26T08:00:00Z", report, "", {"problem": ("Who?",)}, **first)
        return page("ada", [given])

    def structure(text: str) -> list[str]:
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
        kinds = [token.type for token in tokens] + [
            inner.type if inner.type != "html_inline" else inner.content
            for token in tokens
            for inner in token.children or ()
        ]
        return [kind for kind in kinds if kind not in ("text", "text_special", "softbreak", "<br>")]

    plain = structure(text_of("x", "x", "x", "x"))
    found = structure(text_of(comment, fact, path, name))
    allowed = {"list_item_open", "list_item_close", "bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close", "paragraph_open", "paragraph_close", "inline", "blockquote_open", "blockquote_close"}  # fmt: skip
    assert [kind for kind in found if kind not in allowed] == [kind for kind in plain if kind not in allowed]
    assert "<!-- /scaffolder:feedback -->" not in text_of(comment, fact, path, name)


def test_the_teachers_judgements_decide_the_level_that_is_told(scaffolder: Run, folder: Path) -> None:
    """A judgement of 2 counts as a review, one of 1 does not, whatever the repository says of itself."""
    with ledger.opened(folder) as book:
        (before,) = book.reviews()
        book.judge(replace(before, score=2, at=""))
    scaffolder("cohort", "feedback", folder, "--student", "ada")
    assert "2 of 14 written; 1 judged, 1 of them good or excellent." in of(folder, "ada")
    assert of(folder, "ada").count("**Good** (2 of 3)") == 1
    assert "**Weak**" not in of(folder, "ada")


def test_the_order_of_the_course_due_dates_and_what_nobody_has_touched(scaffolder: Run, folder: Path) -> None:
    projects = '[[projects]]\ntemplate = "rag-assistant"\nname = "rag"\n\n[[projects]]\ntemplate = "classical-ml"\n'
    (folder / "cohort.toml").write_text(f'{projects}name = "churn"\ndue = 2026-12-15T23:59:00+01:00\n')
    (folder / "roster.csv").write_text("id,due\nada,\nben,2026-12-20T12:00Z\n")
    scaffolder("cohort", "feedback", folder)
    text = of(folder, "ada")
    assert (
        0 < text.index("## rag\n") < text.index("## churn\n\nDue on 2026-12-15 22:59:00 UTC. This is about the commit")
    )
    assert "Due on 2026-12-20 12:00:00 UTC. " in of(folder, "ben")
    with ledger.opened(folder) as book:
        commit = book.snapshots()["ada", "rag"].commit
        book.record([ledger.Entry("ada", "rag", "new", ledger.State.DONE, "", commit)])
    scaffolder("cohort", "feedback", folder)
    text = of(folder, "ada")
    assert text.index("## churn\n") < text.index("## rag\n")
    assert text.partition("## rag\n")[2] == (
        "\nWhen it was last collected, `main` had only what was handed out, and no work of yours.\n\n"
        "<!-- /scaffolder:feedback -->\n"
    )


def test_a_course_that_cannot_be_read_is_said_and_nothing_is_written(scaffolder: Run, folder: Path) -> None:
    (folder / "cohort.toml").write_text("projects = 3\n")
    code, out, err = scaffolder("cohort", "feedback", folder)
    assert (code, out) == (2, "")
    assert err.startswith("scaffolder: cohort.toml cannot be used")
    assert not (folder / "feedback").exists()


def test_as_it_was_at_the_time_of_the_last_check(scaffolder: Run, folder: Path) -> None:
    hand_in(folder, "ada", readme("ada", f"{PROBLEM} And 900 calls a week."), at="2026-11-22T08:00:00Z")
    then = ledger.Facts(as_of="2026-11-21T00:00:00Z")
    with ledger.opened(folder) as book:
        book.record([ledger.Entry("ada", "churn", "check", ledger.State.DONE, facts=then)])
    older = "1 project is read as of 2026-11-21 00:00:00 UTC, the time of the last check with --at. "
    outcome = scaffolder("cohort", "feedback", folder)
    assert (outcome.code, outcome.err) == (0, f"{older}What came later is left out.\n")
    text = of(folder, "ada")
    assert "## churn\n\nThis is about the commit collected on 2026-11-20 08:00:00 UTC" in text
    assert "The text has changed since." not in text
    outcome = scaffolder("cohort", "review", folder, "--list", "--json", "--again", "--student", "ada")
    assert {each["collected"] for each in json.loads(outcome.out)["waiting"]} == {"2026-11-20T08:00:00Z"}
    assert older in outcome.err
    with ledger.opened(folder) as book:
        book.record([ledger.Entry("ada", "churn", "check", ledger.State.DONE)])
    assert scaffolder("cohort", "feedback", folder).err == ""
    assert "on 2026-11-22 08:00:00 UTC" in of(folder, "ada")


def test_an_update_that_waits_or_is_in_conflict_and_what_failed(scaffolder: Run, tmp_path: Path) -> None:
    """As `cohort update` itself leaves it, until the student has merged it."""
    with classroom_in(tmp_path / "course", scaffolder) as course:
        course.new("ada", "ben", "cem", "dee")
        course.push()
        course.work("ada", {"mine.txt": b"mine\n"})
        course.work("ben", {"notes.txt": b"first\nmine\nthird\n"})
        course.work("dee", {".scaffolder.json": b"no JSON\n"})
        course.change({"notes.txt": b"first\nours\nthird\n"})
        assert course.states("update", code=1)["ada"] == "branch"
        course.states("check")
        scaffolder("cohort", "feedback", course.folder)
        ada, ben, cem, dee = (of(course.folder, student) for student in ("ada", "ben", "cem", "dee"))
        merge = re.search(
            r"### First\n\n- Noticed: There is no scaffolder\.toml [^\n]*\n- A new version of the template waits for you to merge it:\n\n"
            r"  ```sh\n  git fetch\n  (git merge origin/scaffold-update-[0-9a-f]{7})\n  git push\n  ```\n",
            ada,
        )
        assert merge
        assert "- A new version of the template and your work disagree: both have changed 'notes.txt'" in ben
        assert re.search(r"  ```sh\n  git fetch\n  git merge origin/scaffold-update-[0-9a-f]{7}\n  ```\n", ben)
        assert "  ```sh\n  git commit --all --no-edit\n  git push\n  ```\n" in ben
        assert "### First" not in cem
        assert "no work of yours" in cem
        assert "### First\n\n- The last update of its template was not possible: " in dee
        assert "Take back the one that was handed out: git checkout " in dee
        git(course.clone("ada"), "fetch", "-q")
        git(course.clone("ada"), *merge[1].split()[1:])
        git(course.clone("ada"), "push", "-q")
        course.states("check")
        scaffolder("cohort", "feedback", course.folder)
        assert "waits for you" not in of(course.folder, "ada")


def test_who_has_updated_alone_is_told_of_no_update(scaffolder: Run, tmp_path: Path) -> None:
    with classroom_in(tmp_path / "course", scaffolder) as course:
        course.new("ada", "ben")
        course.push()
        course.work("ada", {"mine.txt": b"mine\n"})
        course.work("ben", {"notes.txt": b"first\nmine\nthird\n"})
        course.change({"notes.txt": b"first\nours\nthird\n"})
        assert course.states("update", code=1) == {"ada": "branch", "ben": "conflict"}
        course.states("check")
        scaffolder("cohort", "feedback", course.folder)
        assert "waits for you" in of(course.folder, "ada")
        assert "disagree" in of(course.folder, "ben")
        assert scaffolder("update", course.clone("ada")).code == 0
        scaffolder("update", course.clone("ben"), "--allow-conflicts")
        course.work("ben", {"notes.txt": b"first\nmine and ours\nthird\n"})
        git(course.clone("ada"), "push", "-q", "origin", "main")
        course.states("check")
        scaffolder("cohort", "feedback", course.folder)
        assert "waits for you" not in of(course.folder, "ada")
        assert "disagree" not in of(course.folder, "ben")
        course.change({"notes.txt": b"first\nours again\nthird\n"})
        assert course.states("update", code=1) == {"ada": "branch", "ben": "conflict"}
        course.states("check")
        scaffolder("cohort", "feedback", course.folder)
        assert "waits for you" in of(course.folder, "ada"), "a later one"


def test_what_the_check_noticed(scaffolder: Run, folder: Path) -> None:
    hand_in(folder, "ben", readme("ben"), files={"docs/reviews.toml": b"", "scaffolder.toml": b"contract = 99\n"})
    scaffolder("cohort", "feedback", folder)
    assert re.search(r"### First\n\n- Noticed: .*scaffolder\.toml", of(folder, "ben"))
    assert "### First" not in of(folder, "ada")


def test_what_was_not_done_and_judged_0_stands_first(scaffolder: Run, folder: Path) -> None:
    entry = '[[review]]\nstudent = "ben"\nitem = "data-source"\nproject = "churn"\nscore = 0\n'
    Path("given.toml").write_text(entry)
    assert scaffolder("cohort", "review", folder, "--from", "given.toml", "--reviewer", GRACE).code == 0
    scaffolder("cohort", "feedback", folder)
    text = of(folder, "ben")
    assert "**Missing** (0 of 3), by Grace Hopper on " in text
    assert "The text has changed since" not in text
    assert re.search(
        r"### To write or to verify next, for Builder\n\n- \*\*[^\n]*\(judged missing, 0 of 3, as said", text
    )
    assert "2 of 14 written; 1 judged, 0 of them good" in text


@pytest.mark.parametrize("shell", [["bash", "-e", "-u"], pytest.param(["sh"], marks=pytest.mark.slow)])
def test_the_branch_of_the_docs_brings_feedback_to_students(scaffolder: Run, tmp_path: Path, shell: list[str]) -> None:
    """As docs/teacher.md says, in a course of two projects; twice, and nothing else notices."""
    text = (ROOT / "docs" / "teacher.md").read_text("utf-8")
    (loop,) = re.findall(r"```sh\n(cd autumn\nfor .*?)```", text, re.DOTALL)
    with classroom_in(tmp_path / "course", scaffolder) as course:
        course.folder = course.home / "autumn"
        make_template(course.home / "templates" / "other", CONFIG, FILES)
        (course.home / "roster.csv").write_text("id\nada\nben\ncy\n")
        given = (course.home / "roster.csv", "-t", "tiny", "-t", "other", "-o", course.folder)
        assert scaffolder("cohort", "new", *given).code == 0
        course.push()
        course.work("ada", {"mine.txt": b"mine\n"})
        shutil.rmtree(course.server / "cy" / "other.git" / "refs")
        names = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        for _ in range(2):
            course.run("check", code=3)
            scaffolder("cohort", "feedback", course.folder)
            said = subprocess.run(
                [*shell, "-c", f"{loop}\n"],
                cwd=course.home,
                env={**os.environ, **names},
                capture_output=True,
                text=True,
                check=False,
            )
            assert said.returncode == 0, said.stderr
            assert said.stdout.splitlines() == ["not pushed: repositories/cy/other.git"]
        for student, project in product(("ada", "ben", "cy"), ("tiny", "other")):
            if (student, project) != ("cy", "other"):
                remote = course.server / student / f"{project}.git"
                assert git(remote, "show", "feedback:feedback.md") == of(course.folder, student).strip()
                assert git(remote, "rev-list", "--count", "feedback") == "2"
        shutil.rmtree(course.server / "cy")
        course.folder.joinpath("roster.csv").write_text("id\nada\nben\n")
        assert set(course.states("check").values()) == {"unchanged"}
        course.change({"notes.txt": b"first\nours\nthird\n"})
        assert course.states("update", "--project", "tiny") == {"ada": "branch", "ben": "done"}
