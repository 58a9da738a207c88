"""Merging what projects are made of: measured blocks, lock files, answered questions, and whole projects."""

from __future__ import annotations

import pytest
from cost import at_most
from merging import ADOPTED, BLOCKS, LINK, MEASURED, one
from support import rendered

from scaffolder.project import machine, record
from scaffolder.project.merge import Conflict, Kind, Merge, merge
from scaffolder.template import catalog
from scaffolder.tree import EXECUTABLE, PLAIN, File, Tree, make_tree


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


@pytest.mark.slow
def test_hostile_texts_take_no_long_time() -> None:
    marks = b"<!-- measured:" + b"a-" * 1_000_000
    spaces = b"#" + b" \t" * 1_000_000 + b"data:x\n"
    nested = b"".join(b"<!-- data:b%d -->\n" % number for number in range(50_000))
    pairs = b"".join(b"<!-- data:b%d -->\n%d\n<!-- /data:b%d -->\n" % (n, n, n) for n in range(30_000))
    for text in (marks, spaces, nested, pairs):
        with at_most(400):
            merge({"a.md": File(text)}, {"a.md": File(b"1\n" + text)}, {"a.md": File(text + b"2\n")})
