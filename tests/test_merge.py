"""Merging a template's new version into what an owner made of it: properties for wild trees, then each rule by example."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping

import pytest
from cost import at_most
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support import rendered

from scaffolder.project import machine, record, textmerge
from scaffolder.project.merge import Conflict, Kind, Merge, merge
from scaffolder.template import catalog
from scaffolder.tree import EXECUTABLE, PLAIN, File, Tree, make_tree

LINK, SUBMODULE = 0o120000, 0o160000
PAGE = b"# Radar\n\nIt works.\n\n## Deployment\n\nBy hand.\n\n## Demo\n\nNone.\n"

# --- Wild trees ---

PATHS = ["README.md", "docs/a.md", "docs/b.md", "src/__init__.py", "src/x.py", "requirements.lock", "logo.png"]
OWN = ["notes.md", "docs/mine.md", "readme.md", "docs", "src/x.py/y", "Docs/A.md", "uv.lock"]
TEMPLATES = ["docs/c.md", "src/y.py", "notes.md", "src/new/z.py", "lib"]
LINES = [
    b"one",
    b"two",
    b"",
    b"    x = 1",
    b"# A",
    b"<<<<<<< HEAD",
    b"=======",
    "grün 🙂".encode(),
    b"\xff\xfe",
    b"a\rb",
]
MARKS = [b"<!-- measured:a -->", b"<!-- /measured:a -->", b"<!-- data:b -->", b"<!-- /data:b -->", b"# data:a"]

line = st.one_of(st.sampled_from(LINES), st.integers(0, 99).map(b"line %d".__mod__))
text = st.builds(
    lambda lines, end, tail: end.join(lines) + tail,
    st.lists(line, max_size=8),
    st.sampled_from([b"\n", b"\n", b"\n", b"\r\n"]),
    st.sampled_from([b"\n", b"\n", b"", b"\r\n"]),
)
content = st.one_of(text, text, text, st.binary(max_size=12), st.just(b""), st.just(b"\0png"))
mode = st.sampled_from([PLAIN, PLAIN, PLAIN, EXECUTABLE])
files = st.builds(File, content, mode)


@st.composite
def edited(draw: st.DrawFn, data: bytes, words: st.SearchStrategy[bytes] = line) -> bytes:
    """The text with some of its lines replaced, removed or added to, perhaps with other line ends."""
    lines = data.split(b"\n")
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(lines)))
        end = draw(st.integers(start, min(start + 2, len(lines))))
        lines[start:end] = draw(st.lists(words, max_size=3))
    text = b"\n".join(lines)
    ends = draw(st.sampled_from(["kept"] * 6 + ["crlf", "lf"]))
    return text if ends == "kept" else text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n" if ends == "crlf" else b"\n")


@st.composite
def changed(draw: st.DrawFn, base: Tree, new: list[str]) -> Tree:
    """The tree with files removed, edited, replaced, renamed and added."""
    tree = {}
    for path, file in base.items():
        what = draw(
            st.sampled_from(["kept", "kept", "kept", "edited", "edited", "removed", "mode", "other", "renamed"])
        )
        if what == "edited":
            file = file._replace(data=draw(edited(file.data)))
        elif what == "mode":
            file = file._replace(mode=draw(mode))
        elif what == "other":
            file = draw(files)
        elif what == "renamed":
            path = draw(st.sampled_from(new))
        if what != "removed":
            tree[path] = file
    for path in draw(st.lists(st.sampled_from(new), max_size=2)):
        tree[path] = draw(files)
    return possible(tree)


def possible(tree: Mapping[str, File]) -> Tree:
    """Without files in whose place there is a folder."""
    return {path: tree[path] for path in sorted(tree) if not any(other.startswith(f"{path}/") for other in tree)}


@st.composite
def three(draw: st.DrawFn) -> tuple[Tree, Tree, Tree]:
    base = draw(st.dictionaries(st.sampled_from(PATHS), files, max_size=5))
    ours = dict(draw(changed(base, OWN)))
    for path in draw(st.lists(st.sampled_from(sorted(ours) or ["link"]), max_size=1)):
        ours[path] = draw(
            st.sampled_from([ours.get(path, File(b"x")), File(b"elsewhere", LINK), File(b"id", SUBMODULE)])
        )
    return base, ours, draw(changed(base, TEMPLATES))


def lines_of(data: bytes) -> Counter[bytes]:
    return Counter(line.rstrip(b"\r\n") for line in machine.lines(data))


@given(three())
def test_one_side_alone_is_taken_as_it_is(trees: tuple[Tree, Tree, Tree]) -> None:
    base, ours, theirs = trees
    assert merge(base, ours, base) == Merge(ours, ())
    assert merge(base, base, theirs) == Merge(theirs, ())
    assert merge(base, ours, ours) == Merge(ours, ())


@example(({"a.md": File(b"x\n")}, {"a.md": File(b"x\ny\ny\n")}, {"a.md": File(b"x\ny\n")}))
@given(three())
def test_nothing_of_the_owners_is_lost(trees: tuple[Tree, Tree, Tree]) -> None:
    base, ours, theirs = trees
    merged = merge(base, ours, theirs)
    in_conflict = {conflict.path for conflict in merged.conflicts}
    for path in in_conflict:
        assert merged.tree.get(path) == ours.get(path)
    may_have_moved = any(theirs.get(path, file) != file for path, file in base.items() if path not in ours)
    for path, file in ours.items():
        if path not in base and path not in theirs:
            assert merged.tree[path] == file or may_have_moved
        befores = [base.get(path, File(b"")), *(base[each] for each in base.keys() - ours.keys() if path not in base)]
        additions = [lines_of(file.data) - lines_of(before.data) for before in befores]  # of a renamed file, too
        kept = (
            [merged.tree[path]] if path in merged.tree else [merged.tree[new] for new in merged.tree if new not in ours]
        )
        assert any(not added or any(added <= lines_of(one.data) for one in kept) for added in additions), path
        if path not in merged.tree:
            assert path not in theirs
        if file.mode in (LINK, SUBMODULE):
            assert merged.tree.get(path, file) == file
    for path in base.keys() - ours.keys():
        assert path not in merged.tree


@given(three())
def test_nothing_is_made_up(trees: tuple[Tree, Tree, Tree]) -> None:
    base, ours, theirs = trees
    merged = merge(base, ours, theirs)
    assert list(merged.tree) == sorted(merged.tree)
    assert possible(merged.tree) == merged.tree
    for path, file in merged.tree.items():
        sources = [tree[place].data for tree in (base, ours, theirs) for place in tree]
        assert set(lines_of(file.data)) <= set().union(*map(lines_of, sources)), path  # so, no marker of a conflict
        assert file.mode in {tree[place].mode for tree in (ours, theirs) for place in tree}


@given(three())
def test_twice_is_once(trees: tuple[Tree, Tree, Tree]) -> None:
    base, ours, theirs = trees
    merged = merge(base, ours, theirs)
    assert merge(base, ours, theirs) == merged
    assert merge(theirs, merged.tree, theirs) == Merge(merged.tree, ())


@given(three(), st.dictionaries(st.sampled_from(["same/a", "same/b.md", "Same.txt"]), files))
def test_what_is_equal_in_all_three_may_be_left_out(trees: tuple[Tree, Tree, Tree], same: Tree) -> None:
    whole = [{**tree, **same} for tree in trees]
    base, ours, theirs = whole
    equal = {path for path, file in base.items() if ours.get(path) == file == theirs.get(path)}
    reduced = merge(*({path: file for path, file in tree.items() if path not in equal} for tree in whole))
    merged = merge(*whole)
    assert merged.tree == {**reduced.tree, **{path: base[path] for path in equal}}
    assert (merged.conflicts, merged.notes) == (reduced.conflicts, reduced.notes)


@given(st.data(), st.integers(4, 20), st.sampled_from([b"\n", b"\r\n"]), st.booleans())
def test_edits_with_a_line_between_them_never_conflict(data: st.DataObject, count: int, end: bytes, last: bool) -> None:
    base = [b"line %d" % number for number in range(count)]
    ours, theirs = list(base), list(base)
    edges = 0 if last else 1  # to remove a last line without an end changes the line before
    places = data.draw(st.lists(st.integers(0, (count - 1) // 2 - edges), unique=True))
    for place in sorted(places, reverse=True):  # every second line, from the end
        side = data.draw(st.sampled_from([ours, theirs]))
        number = side.index(b"line %d" % (2 * place))
        side[number : number + 1] = data.draw(st.lists(st.sampled_from([b"new", b"other", b""]), max_size=3))
    whole = [b"\n".join(side) + (b"\n" if last else b"") for side in (base, ours, theirs)]
    mine = whole[1].replace(b"\n", end)
    merged = merge(*({"a.txt": File(side)} for side in (whole[0], mine, whole[2])))
    assert merged.conflicts == ()
    result = merged.tree["a.txt"].data
    if b"\n" in mine:
        assert (b"\r\n" in result) == (end == b"\r\n")
        assert result.count(b"\r\n") in (0, result.count(b"\n"))
    assert lines_of(whole[1]) - lines_of(whole[0]) <= lines_of(result)


def in_git(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """What `git merge-file` makes of three texts; None if they conflict."""
    for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
        with open(name, "wb") as file:
            file.write(data)
    done = subprocess.run(["git", "merge-file", "-p", "-q", "ours", "base", "theirs"], capture_output=True)
    return done.stdout if done.returncode == 0 else None


@settings(max_examples=30)
@given(st.lists(st.integers(0, 99).map(b"line %d".__mod__), min_size=1, max_size=12, unique=True), st.data())
def test_texts_are_merged_as_git_merges_them(base: list[bytes], data: st.DataObject) -> None:
    whole = b"\n".join(base) + b"\n"
    words = st.sampled_from([b"mine", b"new", b"both"])
    ours, theirs = data.draw(edited(whole, words)), data.draw(edited(whole, words))
    assume(b"\r" not in ours + theirs)
    joined = textmerge.join(whole, ours, theirs)
    assert in_git(whole, ours, theirs) == (None if joined.spots else joined.data)


@given(st.lists(st.one_of(line, st.sampled_from(MARKS)), max_size=12).map(b"\n".join), st.data())
def test_settling_leaves_wild_marks_alone(base: bytes, data: st.DataObject) -> None:
    words = st.one_of(line, st.sampled_from(MARKS))
    ours, theirs = data.draw(edited(base, words)), data.draw(edited(base, words))
    settled = machine.settle(base, ours, theirs)
    for before, after in ((base, settled.base), (theirs, settled.theirs)):
        marks = [one for one in before.split(b"\n") if one in MARKS]
        assert marks == [one for one in after.split(b"\n") if one in MARKS]
    assert machine.settle(settled.base, ours, settled.theirs)[:2] == settled[:2]
    merged = merge({"a.md": File(base)}, {"a.md": File(ours)}, {"a.md": File(theirs)})
    assert merged.conflicts or merged.tree["a.md"].mode == PLAIN


# --- Rules, by example ---


def one(base: bytes | None, ours: bytes | None, theirs: bytes | None, path: str = "README.md") -> Merge:
    """A merge of one file."""
    return merge(*({} if data is None else {path: File(data)} for data in (base, ours, theirs)))


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


@pytest.mark.parametrize("ours", [b"", b"a\n", b"c\n"])
def test_lines_that_the_owner_removed_and_the_template_changed_conflict(ours: bytes) -> None:
    merged = one(b"a\nb\nc\n", ours, b"a\nB\nc\n", "x.txt")
    assert merged.tree == {"x.txt": File(ours)}
    assert [conflict.kind for conflict in merged.conflicts] == [Kind.CONTENT]


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    both = PAGE.replace(b"None.", b"A film.")
    ours, theirs = both.replace(b"Radar", b"Sonar"), both.replace(b"By hand.", b"By script.")
    assert one(PAGE, ours, theirs).tree["README.md"].data == ours.replace(b"By hand.", b"By script.")


def test_a_large_change_of_the_owners_around_small_ones_of_the_templates() -> None:
    base = b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"
    ours, theirs = b"1\nmine\n9\n", b"1\n2\nthree\n4\n5\nsix\n7\n8\n9\nten\n"
    assert one(base, ours, theirs, "a.txt") == Merge(
        {"a.txt": File(ours)}, (Conflict("a.txt", Kind.CONTENT, ("line 2",)),)
    )
    assert one(base, base.replace(b"5", b"five"), ours.replace(b"mine", b"new"), "a.txt").conflicts


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


def test_any_encoding_is_merged() -> None:
    base, ours, theirs = b"\xe4\n2\n3\n", b"\xff\xfe\n2\n3\n", b"\xe4\n2\n\x80\n"
    assert one(base, ours, theirs).tree["README.md"].data == b"\xff\xfe\n2\n\x80\n"


# --- Renamed by the template ---


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


def test_a_conflict_leaves_mixed_line_ends_alone() -> None:
    ours = b"one\r\ntwo\nthree\rfour"
    assert one(b"one\ntwo\n", ours, b"ONE\ntwo\n").tree["README.md"].data == ours


# --- Written by machines ---

BLOCKS = (
    b"# Radar\n\n<!-- measured:results -->\n_Not yet._\n<!-- /measured:results -->\n\n"
    b"<!-- data:source -->\nOf a telecom.\n<!-- /data:source -->\n\nEnd.\n"
)
MEASURED = BLOCKS.replace(b"_Not yet._", b"| f1 | 0.9 |\n|---|---|\n| x | 0.8 |")
ADOPTED = MEASURED.replace(b"Of a telecom.", b"Of parcels.\n\nMine.")


def test_the_record_is_the_templates() -> None:
    new = File(b'{"version": 2}\n')
    for ours in ({record.NAME: File(b"broken")}, {}, {record.NAME: File(b"x", LINK)}):
        assert merge({record.NAME: File(b"{}")}, ours, {record.NAME: new}) == Merge({record.NAME: new}, ())


def test_a_measured_block_stays_and_all_else_is_merged() -> None:
    new = BLOCKS.replace(b"_Not yet._", b"_Not measured yet._").replace(b"End.", b"The end.")
    assert one(BLOCKS, MEASURED, new) == Merge({"README.md": File(MEASURED.replace(b"End.", b"The end."))}, ())
    mine = MEASURED.replace(b"# Radar", b"# Sonar")
    assert one(BLOCKS, mine, new) == Merge({"README.md": File(mine.replace(b"End.", b"The end."))}, ())
    windows = mine.replace(b"\n", b"\r\n")
    assert one(BLOCKS, windows, new).tree["README.md"].data == windows.replace(b"End.", b"The end.")


def test_a_block_that_the_owner_left_alone_is_the_templates() -> None:
    new = BLOCKS.replace(b"_Not yet._", b"_Not measured yet._").replace(b"Of a telecom.", b"Of a small telecom.")
    mine = BLOCKS.replace(b"End.", b"My end.")
    assert one(BLOCKS, mine, new) == Merge({"README.md": File(new.replace(b"End.", b"My end."))}, ())


def test_a_data_block_of_the_owners_stays_and_a_note_says_so() -> None:
    new = BLOCKS.replace(b"Of a telecom.", b"Of a small telecom.").replace(b"End.", b"The end.")
    note = "README.md: you changed the data blocks 'source', so the template's new text of them was left out."
    assert one(BLOCKS, ADOPTED, new) == Merge({"README.md": File(ADOPTED.replace(b"End.", b"The end."))}, (), (note,))
    same = BLOCKS.replace(b"End.", b"The end.")
    assert one(BLOCKS, ADOPTED, same).notes == one(BLOCKS, ADOPTED, ADOPTED + b"More.\n").notes == ()


def test_blocks_come_and_go() -> None:
    more = BLOCKS.replace(b"End.", b"<!-- measured:more -->\n_Not yet._\n<!-- /measured:more -->\n\nEnd.")
    assert one(BLOCKS, MEASURED, more).tree["README.md"].data == more.replace(
        b"_Not yet._\n<!-- /measured:results", b"| f1 | 0.9 |\n|---|---|\n| x | 0.8 |\n<!-- /measured:results"
    )
    start, end = BLOCKS.index(b"<!-- measured"), BLOCKS.index(b"<!-- data")
    fewer = BLOCKS[:start] + BLOCKS[end:]
    assert one(BLOCKS, MEASURED, fewer) == Merge({"README.md": File(fewer)}, ())
    assert one(BLOCKS, fewer, BLOCKS.replace(b"_Not yet._", b"_Never._")) == Merge({"README.md": File(fewer)}, ())
    assert one(more, more.replace(b"Radar", b"Sonar").replace(b"_Not yet._", b"1"), BLOCKS).conflicts == ()


def test_words_of_the_owner_in_a_data_block_that_the_template_removed_are_a_conflict() -> None:
    start, end = BLOCKS.index(b"<!-- data"), BLOCKS.index(b"End.")
    (conflict,) = one(BLOCKS, ADOPTED, BLOCKS[:start] + BLOCKS[end:]).conflicts
    assert conflict == Conflict("README.md", Kind.CONTENT, ("'# Radar', lines 9-14",))


def test_a_document_in_which_only_measured_blocks_changed_can_be_removed() -> None:
    assert one(BLOCKS, MEASURED, None) == Merge({}, ())
    assert one(BLOCKS, ADOPTED, None).conflicts == (Conflict("README.md", Kind.REMOVED),)
    runs = {"README.md": File(MEASURED, EXECUTABLE)}
    assert merge({"README.md": File(BLOCKS)}, runs, {}) == Merge(runs, (Conflict("README.md", Kind.REMOVED),))


def test_marks_in_yaml_and_toml() -> None:
    base = b'contract = 1\n# data:unit\nunit = "customer"\n# /data:unit\nid = "row"\n'
    ours, theirs = base.replace(b"customer", b"parcel"), base.replace(b"customer", b"person").replace(b'"row"', b'"id"')
    merged = one(base, ours, theirs, "scaffolder.toml")
    assert merged.tree["scaffolder.toml"].data == ours.replace(b'"row"', b'"id"')
    assert merged.conflicts == ()


@pytest.mark.parametrize(
    "wrong",
    [
        BLOCKS.replace(b"<!-- /measured:results -->\n", b""),
        BLOCKS.replace(b"<!-- measured:results -->\n", b""),
        BLOCKS + BLOCKS,
        BLOCKS.replace(b"<!-- /data:source -->\n", b""),
        BLOCKS.replace(b"/measured:results", b"/measured:other"),
        BLOCKS.replace(b"_Not yet._", b"<!-- data:inner -->\n_Not yet._\n<!-- /data:inner -->"),
    ],
)
def test_where_marks_do_not_pair_all_is_text(wrong: bytes) -> None:
    ours, theirs = wrong.replace(b"_Not yet._", b"1"), wrong.replace(b"_Not yet._", b"_Never._")
    assert [conflict.kind for conflict in one(wrong, ours, theirs).conflicts] == [Kind.CONTENT]
    for trees in ((wrong, MEASURED, BLOCKS), (BLOCKS, wrong, BLOCKS), (BLOCKS, MEASURED, wrong)):
        assert machine.settle(*trees) == (trees[0], trees[2], ())


def test_lock_files_never_conflict() -> None:
    base = b"".join(b"%s==1\n    --hash=sha256:%d\n" % (name, 1) for name in (b"a", b"b", b"c", b"d"))
    theirs = base.replace(b"d==1\n    --hash=sha256:1", b"d==2\n    --hash=sha256:2")
    joined = one(base, base.replace(b"a==1", b"a==3"), theirs, "requirements.lock")
    assert joined == Merge(
        {"requirements.lock": File(theirs.replace(b"a==1", b"a==3"))},
        (),
        ("requirements.lock: yours and the template's changes were joined; 'make lock' renews it.",),
    )
    mine = base.replace(b"d==1", b"d==3")
    kept = one(base, mine, theirs, "requirements.lock")
    note = "requirements.lock was kept as you have it; run 'make lock'."
    assert kept == Merge({"requirements.lock": File(mine)}, (), (note,))
    for trees in ((None, mine, theirs), (base, mine, None), (base, b"\0", theirs)):
        assert one(*trees, "requirements.lock") == Merge({"requirements.lock": File(trees[1] or b"")}, (), (note,))
    link = {"a.lock": File(b"b", LINK)}
    assert merge({"a.lock": File(base)}, link, {"a.lock": File(theirs)}).tree == link
    assert one(base, mine, base, "uv.lock").notes == one(base, base, mine, "uv.lock").notes == ()


def test_files_about_the_owners_own_data_never_conflict() -> None:
    described = b"# Parcels\n\n<!-- make adopt wrote the lines with these hashes: 1234abcd -->\n"
    base = {"settings.toml": File(b"a = 1\n"), "data/DATASET.md": File(b"# Telecom\n"), "data/t.csv": File(b"1\n")}
    ours = {"settings.toml": File(b"b = 1\n"), "data/DATASET.md": File(described)}
    theirs = {path: File(file.data.replace(b"\n", b"!\n")) for path, file in base.items()}
    merged = merge(base, ours, theirs)
    assert (merged.tree, merged.conflicts) == (ours, ())
    assert merged.notes == (
        "data/DATASET.md was kept as you have it, because it is about your own data.",
        "data/t.csv: you deleted it, so the template's changes to it were left out.",
        "settings.toml was kept as you have it, because it is about your own data.",
    )
    ours["data/DATASET.md"] = File(b"# Mine\n")  # no sign of `make adopt`
    assert {conflict.path for conflict in merge(base, ours, theirs).conflicts} == {"settings.toml", "data/DATASET.md"}


# --- Real projects ---


def project(**answers: str) -> Tree:
    files = rendered(catalog.bundled("classical-ml"), use_case="churn", description="Says who leaves.", **answers)
    return make_tree((path, File(data, EXECUTABLE if runs else PLAIN)) for path, (data, runs) in files.items())


def with_text(tree: Tree, path: str, old: str, new: str) -> Tree:
    text = tree[path].data.decode()
    assert old in text
    return {**tree, path: tree[path]._replace(data=text.replace(old, new).encode())}


def worked_on(tree: Tree) -> Tree:
    """As after `make demo`, and with a question answered."""
    tree = with_text(
        tree, "README.md", "_Not measured yet: run `make demo`._", "| model | roc_auc |\n|---|---|\n| x | 0.84 |"
    )
    tree = with_text(tree, "MODEL_CARD.md", "model-index: []", "model-index:\n  - name: x")
    return with_text(tree, "README.md", "TODO(architecture):", "The server, as it has one process. TODO(architecture):")


def test_a_real_project_is_renamed_after_work_has_begun() -> None:
    base, new = project(project_name="Radar"), project(project_name="Sonar")
    ours = {**worked_on(base), "reports/metrics.json": File(b"{}\n")}
    merged = merge(base, ours, new)
    assert merged == Merge({**worked_on(new), "reports/metrics.json": File(b"{}\n")}, ())
    assert b"Radar" not in merged.tree["README.md"].data


def test_a_real_merge_is_cheap() -> None:
    base = project(project_name="Radar")
    ours, new = worked_on(base), project(project_name="Sonar")
    new = with_text(new, "MODEL_CARD.md", "The candidates are", "The candidates were")
    new = with_text(new, "Makefile", "run the whole pipeline", "run all")
    ours = with_text(ours, "Makefile", "list the targets", "list what can be made")
    both = [path for path in base if ours[path] != base[path] and new[path] not in (base[path], ours[path])]
    assert sorted(both) == ["MODEL_CARD.md", "Makefile", "README.md"]
    assert merge(base, ours, new).conflicts == ()
    with at_most(10):
        for _ in range(10):
            merge(base, ours, new)


@pytest.mark.slow
def test_hostile_texts_take_no_long_time() -> None:
    marks = b"<!-- measured:" + b"a-" * 1_000_000
    spaces = b"#" + b" \t" * 1_000_000 + b"data:x\n"
    nested = b"".join(b"<!-- data:b%d -->\n" % number for number in range(50_000))
    pairs = b"".join(b"<!-- data:b%d -->\n%d\n<!-- /data:b%d -->\n" % (n, n, n) for n in range(30_000))
    for text in (marks, spaces, nested, pairs):
        with at_most(400):
            merge({"a.md": File(text)}, {"a.md": File(b"1\n" + text)}, {"a.md": File(text + b"2\n")})


def test_git_is_not_loaded_unless_a_text_has_two_sides() -> None:
    code = f"""
import sys
from scaffolder.project.merge import merge
from scaffolder.tree import File
trees = [{{"README.md": File(text)}} for text in {(BLOCKS, MEASURED, BLOCKS.replace(b"End.", b"The end."))}]
assert not merge(*trees).conflicts
merge({{"a": File(b"1"), "b": File(b"1")}}, {{"a": File(b"2"), "b": File(b"1")}}, {{"a": File(b"1"), "c": File(b"3")}})
assert "pygit2" not in sys.modules
merge({{"a": File(b"1")}}, {{"a": File(b"2")}}, {{"a": File(b"3")}})
assert "pygit2" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_of_an_answered_question_nothing_is_said_unless_the_template_has_changed_it() -> None:
    base = {"README.md": File(b"# A\n\nTODO(why): who loses what?\nTODO(cost): how much?\n\nmiddle\n\nend\n")}
    ours = {"README.md": File(b"# A\n\nAda loses hours.\nTen a day.\n\nmiddle\n\nend\n")}
    elsewhere = {"README.md": File(base["README.md"].data.replace(b"end", b"the end"))}
    found = merge(base, ours, elsewhere)
    assert (found.conflicts, found.notes) == ((), ())
    assert found.tree["README.md"].data == ours["README.md"].data.replace(b"end", b"the end")
    one = {"README.md": File(elsewhere["README.md"].data.replace(b"how much", b"how many euros"))}
    assert merge(base, ours, one).notes == (
        "README.md: you answered the questions 'cost', so the template's new text of them was left out.",
    )


def test_a_question_that_the_owner_has_answered_is_not_asked_again() -> None:
    base = {"README.md": File(b"# A\n\nTODO(why): why?\n\n- TODO(cost): how much?\n- TODO(who): who?\n\nend\n")}
    theirs = {
        "README.md": File(b"# A\n\nTODO(why): why, really?\n\n- TODO(cost): how many?\n- TODO(who): for whom?\n\nend\n")
    }
    answered = {"README.md": File(b"# A\n\nBecause.\n\nIt costs 10.\nAda.\n\nend\n")}
    found = merge(base, answered, theirs)
    assert (found.tree, found.conflicts) == (answered, ())
    assert found.notes == (
        "README.md: you answered the questions 'why', 'cost', 'who', so the template's new text of them was left out.",
    )
    half = {"README.md": File(b"# A\n\nBecause.\n\nIt costs 10.\n- TODO(who): who, then?\n\nend\n")}
    assert [each.path for each in merge(base, half, theirs).conflicts] == ["README.md"], "one of them is still open"
    more = {"README.md": File(theirs["README.md"].data.replace(b"TODO(who)", b"TODO(new)"))}
    assert [each.path for each in merge(base, answered, more).conflicts] == ["README.md"], "a question that is new"
    rewritten = {"README.md": File(theirs["README.md"].data.replace(b"TODO(why): why, really?", b"A new text."))}
    assert [each.path for each in merge(base, answered, rewritten).conflicts] == ["README.md"], "that is no question"


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
