"""Merging a template's new version into what an owner made of it: properties that hold for wild trees."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Mapping

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from merging import LINK, SUBMODULE

from scaffolder.project import machine, textmerge
from scaffolder.project.merge import Merge, merge
from scaffolder.tree import EXECUTABLE, PLAIN, File, Tree

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
