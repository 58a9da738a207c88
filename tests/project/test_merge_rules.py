"""Merging a template's new version into what an owner made of it: each rule by example."""

from __future__ import annotations

import pytest
from merging import BLOCKS, LINK, MEASURED, PAGE, SUBMODULE, one

from scaffolder.project import textmerge
from scaffolder.project.merge import Conflict, Kind, Merge, merge
from scaffolder.tree import EXECUTABLE, File


def test_changes_in_two_sections_are_joined() -> None:
    ours, theirs = PAGE.replace(b"None.", b"A film."), PAGE.replace(b"By hand.", b"By script.")
    assert one(PAGE, ours, theirs) == Merge(
        {"README.md": File(PAGE.replace(b"None.", b"A film.").replace(b"By hand.", b"By script."))}, ()
    )


def test_a_conflict_is_named_by_heading_and_lines_and_the_owners_text_stays() -> None:
    ours = PAGE.replace(b"By hand.", b"On my server.\nAlways.").replace(b"None.", b"A film.")
    theirs = PAGE.replace(b"By hand.", b"By script.").replace(b"None.", b"A page.")
    merged = one(PAGE, ours, theirs)
    sections = ("'## Deployment', lines 7-8", "'## Demo', line 12")
    assert merged == Merge({"README.md": File(ours)}, (Conflict("README.md", Kind.CONTENT, sections),))
    (conflict,) = one(PAGE, ours, theirs, "page.txt").conflicts
    assert conflict.sections == ("lines 7-8", "line 12")


def test_for_a_merge_by_hand_only_the_lines_in_conflict_are_marked() -> None:
    base = BLOCKS + b"old\n"
    ours = (MEASURED.replace(b"Radar", b"Sonar") + b"mine").replace(b"\n", b"\r\n")
    joined = textmerge.join(base, ours, BLOCKS.replace(b"_Not yet._", b"_Never._") + b"new\n")
    end = b"<<<<<<< yours\r\nmine\r\n=======\r\nnew\r\n>>>>>>> template\r\n"
    assert joined.data == ours.removesuffix(b"mine") + end


def test_lines_are_those_of_the_file_on_disk_whatever_blocks_and_line_ends_it_has() -> None:
    base = b"# A\n<!-- measured:a -->\nnot yet\n<!-- /measured:a -->\n\nold\n"
    ours = b"# A\r\n<!-- measured:a -->\r\n1\r\n2\r\n3\r\n<!-- /measured:a -->\r\n\r\nmine\r\n"
    assert one(base, ours, base.replace(b"old", b"new")).conflicts[0].sections == ("'# A', line 8",)


def test_headings_are_neither_comments_in_front_matter_nor_code() -> None:
    base = b"---\n# measured:m\n# /measured:m\nx: 1\n---\nold\n```sh\n# code\nold\n```\nold\n# Real\nold\n"
    ours, theirs = base.replace(b"old", b"mine"), base.replace(b"old", b"new")
    assert one(base, ours, theirs).conflicts[0].sections == ("line 6", "line 9", "line 11", "'# Real', line 13")


def test_many_sections_are_counted() -> None:
    base = b"".join(b"same\nold\n" for _ in range(50))
    sections = one(base, base.replace(b"old", b"mine"), base.replace(b"old", b"new")).conflicts[0].sections
    assert len(sections) == 11
    assert sections[-1] == "40 more"


def test_modes_merge_apart_from_contents() -> None:
    trees = {"a": File(b"1\n2\n3\n")}, {"a": File(b"1\n2\nx\n")}, {"a": File(b"1\n2\n3\n", EXECUTABLE)}
    assert merge(*trees) == Merge({"a": File(b"1\n2\nx\n", EXECUTABLE)}, ())
    trees = {"a": File(b"1\n2\n3\n")}, {"a": File(b"1\n2\nx\n", EXECUTABLE)}, {"a": File(b"y\n2\n3\n")}
    assert merge(*trees) == Merge({"a": File(b"y\n2\nx\n", EXECUTABLE)}, ())
    trees = {"a": File(b"1\n")}, {"a": File(b"1\n", EXECUTABLE)}, {"a": File(b"2\n", EXECUTABLE)}
    assert merge(*trees) == Merge({"a": File(b"2\n", EXECUTABLE)}, ())


def test_what_the_owner_deleted_stays_deleted() -> None:
    assert one(PAGE, None, PAGE) == Merge({}, ())
    changed = one(PAGE, None, PAGE + b"More.\n")
    assert changed == Merge({}, (), ("README.md: you deleted it, so the template's changes to it were left out.",))
    renamed = merge({"a.md": File(PAGE)}, {}, {"b.md": File(PAGE)})
    assert renamed == Merge({}, (), ("'b.md' was left out: it was 'a.md', which you deleted.",))
    unlike = merge({"a.md": File(PAGE)}, {}, {"b.md": File(b"Something else.\n")})
    assert unlike == Merge({"b.md": File(b"Something else.\n")}, ())


def test_what_the_template_removed_goes_unless_the_owner_changed_it() -> None:
    assert one(PAGE, PAGE, None) == Merge({}, ())
    assert one(PAGE, PAGE + b"More.\n", None) == Merge(
        {"README.md": File(PAGE + b"More.\n")}, (Conflict("README.md", Kind.REMOVED),)
    )


def test_both_added_it() -> None:
    assert one(None, PAGE, PAGE) == Merge({"README.md": File(PAGE)}, ())
    assert one(None, b"mine\n", PAGE) == Merge({"README.md": File(b"mine\n")}, (Conflict("README.md", Kind.ADDED),))
    assert merge({}, {"a": File(PAGE)}, {"a": File(PAGE, EXECUTABLE)}) == Merge({"a": File(PAGE)}, ())


@pytest.mark.parametrize(
    "ours", [b"\0mine", b"x" * 5_000_001, b"\n" * 100_001], ids=["zero byte", "large", "many lines"]
)
def test_what_is_no_text_is_not_merged(ours: bytes) -> None:
    merged = one(b"1\n2\n3\n", ours, b"0\n2\n3\n", "a.bin")
    assert merged == Merge({"a.bin": File(ours)}, (Conflict("a.bin", Kind.BINARY),))


# --- Renamed ---


def test_an_edit_follows_the_file_to_its_new_name() -> None:
    base = {"docs/deploy.md": File(PAGE), "docs/other.md": File(b"other\n")}
    ours = {**base, "docs/deploy.md": File(PAGE.replace(b"None.", b"A film."))}
    theirs = {
        "docs/release.md": File(PAGE.replace(b"By hand.", b"By script."), EXECUTABLE),
        "docs/new.md": File(b"other\n"),
    }
    both = PAGE.replace(b"None.", b"A film.").replace(b"By hand.", b"By script.")
    assert merge(base, ours, theirs) == Merge(
        {"docs/release.md": File(both, EXECUTABLE), "docs/new.md": File(b"other\n")}, ()
    )


def test_an_edit_that_cannot_follow_is_a_conflict_at_the_old_name() -> None:
    ours, theirs = File(PAGE.replace(b"None.", b"A film.")), File(PAGE.replace(b"None.", b"A page."))
    merged = merge({"a.md": File(PAGE)}, {"a.md": ours}, {"b.md": theirs})
    assert merged == Merge(
        {"a.md": ours, "b.md": theirs},
        (Conflict("a.md", Kind.REMOVED, ("'## Demo', line 11",)),),
        ("a.md: the template renamed it to 'b.md'.",),
    )
    link = File(b"b", LINK)
    assert merge({"a.md": File(PAGE)}, {"a.md": link}, {"b.md": File(PAGE)}).tree == {"a.md": link, "b.md": File(PAGE)}


def test_the_most_alike_is_the_renamed_one() -> None:
    like, liker = PAGE.replace(b"It works.", b"It does not work, and never will."), PAGE.replace(b"None.", b"Soon.")
    base = {"a.md": File(like), "b.md": File(PAGE)}
    ours = {"a.md": File(like + b"Mine.\n"), "b.md": File(PAGE)}
    merged = merge(base, ours, {"c.md": File(liker)})
    assert [(conflict.path, conflict.kind) for conflict in merged.conflicts] == [("a.md", Kind.REMOVED)]
    assert merged.tree == {"a.md": ours["a.md"], "c.md": File(liker)}


def test_of_equal_files_the_one_with_the_same_name_was_moved() -> None:
    base = {"one/a.md": File(PAGE), "two/b.md": File(PAGE)}
    ours = {**base, "one/a.md": File(PAGE + b"Mine.\n")}
    merged = merge(base, ours, {"new/b.md": File(PAGE), "old/a.md": File(PAGE)})
    assert merged == Merge({"new/b.md": File(PAGE), "old/a.md": File(PAGE + b"Mine.\n")}, ())


def test_a_large_folder_can_be_renamed() -> None:
    base = {f"one/{n}.py": File(b"".join(b"x = %d\n" % (n * 50 + i) for i in range(50))) for n in range(60)}
    ours = {**base, "one/7.py": File(base["one/7.py"].data + b"mine\n")}
    theirs = {path.replace("one", "two"): File(b"import two\n" + file.data) for path, file in base.items()}
    merged = merge(base, ours, theirs)
    assert merged.conflicts == ()
    assert merged.tree == {**theirs, "two/7.py": File(theirs["two/7.py"].data + b"mine\n")}


def test_a_file_that_the_owner_renamed_gets_the_templates_changes() -> None:
    page = b"# A\n\none\n\ntwo\n\nthree\n"
    base, theirs = {"docs/a.md": File(page)}, {"docs/a.md": File(page.replace(b"three", b"3"))}
    found = merge(base, {"notes.md": File(page.replace(b"one", b"1"))}, theirs)
    assert found.tree == {"notes.md": File(page.replace(b"one", b"1").replace(b"three", b"3"))}
    assert (found.conflicts, found.notes) == ((), ("'notes.md' got the template's changes to 'docs/a.md'.",))
    assert merge(theirs, found.tree, theirs) == Merge(found.tree, ())
    mine = {"notes.md": File(page.replace(b"three", b"drei"))}
    in_conflict = merge(base, mine, theirs)
    assert in_conflict.tree == mine
    assert [(each.path, each.kind) for each in in_conflict.conflicts] == [("notes.md", Kind.CONTENT)]
    assert merge(base, {"own.md": File(b"Something else.\n")}, theirs).tree == {"own.md": File(b"Something else.\n")}


# --- Places ---


@pytest.mark.parametrize(
    ("mine", "new"),
    [
        ("docs", "docs/a.md"),
        ("docs/a.md", "docs"),
        ("readme.md", "README.md"),
        ("DOCS", "docs/b/a.md"),
        ("docs/b/a.md", "Docs"),
        ("stra\u00dfe", "strasse"),
        ("u\u0308", "\u00fc"),
    ],
)
def test_a_new_file_does_not_take_the_place_of_the_owners(mine: str, new: str) -> None:
    merged = merge({}, {mine: File(b"mine\n")}, {new: File(b"new\n"), "other": File(b"")})
    assert merged == Merge({mine: File(b"mine\n"), "other": File(b"")}, (Conflict(new, Kind.PLACE, (f"'{mine}'",)),))


def test_folders_in_other_letters_are_no_conflict() -> None:
    merged = merge({}, {"Docs/a.md": File(b"mine\n")}, {"docs/b.md": File(b"new\n")})
    assert merged.conflicts == ()


@pytest.mark.parametrize("kind", [LINK, SUBMODULE])
def test_links_and_submodules_stay(kind: int) -> None:
    link = File(b"elsewhere", kind)
    assert merge({"a": File(b"1\n")}, {"a": link}, {"a": File(b"2\n")}) == Merge(
        {"a": link}, (Conflict("a", Kind.PLACE),)
    )
    assert merge({"a": File(b"1\n")}, {"a": link}, {"a": File(b"1\n")}) == Merge({"a": link}, ())
    assert merge({"a": File(b"1\n")}, {"a": link}, {}) == Merge({"a": link}, (Conflict("a", Kind.REMOVED),))
    inside = merge({}, {"a": link}, {"a/b": File(b"1\n")})
    assert inside == Merge({"a": link}, (Conflict("a/b", Kind.PLACE, ("'a'",)),))


def test_a_file_that_becomes_a_folder_takes_the_owners_edit_along() -> None:
    mine = File(PAGE + b"Mine.\n")
    moved = merge({"docs": File(PAGE)}, {"docs": mine}, {"docs/index.md": File(PAGE)})
    assert moved == Merge({"docs/index.md": mine}, ())
    unlike = merge({"docs": File(PAGE)}, {"docs": mine}, {"docs/index.md": File(b"new\n")})
    assert unlike.tree == {"docs": mine}
    assert [conflict.kind for conflict in unlike.conflicts] == [Kind.REMOVED, Kind.PLACE]


def test_a_file_can_be_renamed_to_other_letters() -> None:
    mine = File(PAGE + b"Mine.\n")
    assert merge({"README.md": File(PAGE)}, {"README.md": mine}, {"readme.md": File(PAGE)}) == Merge(
        {"readme.md": mine}, ()
    )


def test_an_edit_does_not_follow_to_a_place_that_the_owner_has_taken() -> None:
    mine, own = File(PAGE + b"Mine.\n"), File(b"own\n")
    for other in ("readme.md", "ReadMe.md", "rEADME.md"):
        ours = {"README.md": mine, other: own}
        merged = merge({"README.md": File(PAGE)}, ours, {"readme.md": File(PAGE)})
        assert merged.tree == ours
        assert {conflict.path for conflict in merged.conflicts} == {"README.md", "readme.md"}


# --- Line ends ---


def test_line_ends_of_the_owners_editor_are_kept() -> None:
    ours, theirs = PAGE.replace(b"None.", b"A film.").replace(b"\n", b"\r\n"), PAGE.replace(b"By hand.", b"By script.")
    both = ours.replace(b"By hand.", b"By script.")
    assert one(PAGE, ours, theirs) == Merge({"README.md": File(both)}, ())
    assert one(PAGE, PAGE.replace(b"\n", b"\r\n"), theirs) == Merge(
        {"README.md": File(theirs.replace(b"\n", b"\r\n"))}, ()
    )
    windows = [data.replace(b"\n", b"\r\n") for data in (PAGE, theirs)]
    lf = PAGE.replace(b"None.", b"A film.")
    assert one(windows[0], lf, windows[1]) == Merge({"README.md": File(lf.replace(b"By hand.", b"By script."))}, ())
