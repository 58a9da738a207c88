from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from support import tool

notes = tool("export_notes")

SPACED = str.maketrans("0123456789", "     ghijk")

PAGE = """<html><body><div role="navigation"><ul><li><a href="#">Navigation</a></li></ul></div>
<section id="changelog"><h1>Changelog<a class="headerlink" href="#changelog">¶</a></h1>
<section id="r1"><h2>Python 3.13.1 final<a class="headerlink" href="#r1">¶</a></h2>
<p><em>Release date: 2024-12-03</em></p>
<section id="a"><h3>Library<a class="headerlink" href="#a">¶</a></h3><ul class="simple">
<li><p><a href="i">gh-10</a>: Fix the sum of
<a href="x"><code><span class="pre">statistics.mean()</span></code></a> for ‘long’ lists &amp; tuples. Patch by Ana M. de la Cruz.</p></li>
<li><p><a href="i">gh-11</a>: Two things changed in the parser of dates:</p><ul><li><p>one thing</p></li><li><p>another thing</p></li></ul></li>
<li><p><a href="i">gh-1</a>: The issue of a note in an earlier release, told anew.</p></li>
<li><p><a href="i">gh-12</a>: Update the bundled copy of pip to version 25.1.</p></li>
<li><p><a href="i">gh-13</a>: Too short.</p></li>
<li><p>A note without the number of any issue.</p></li>
</ul></section>
<section id="b"><h3>macOS<a class="headerlink" href="#b">¶</a></h3><ul>
<li><p><a href="i">gh-14</a>: A note of a component that is left out.</p></li></ul></section></section>
<section id="r2"><h2>Python 3.11.0 alpha 1<a class="headerlink" href="#r2">¶</a></h2>
<section id="c"><h3>C API<a class="headerlink" href="#c">¶</a></h3><ul>
<li><p><a href="i">bpo-2</a>: Add <code><span class="pre">PyThing_New()</span></code> to the limited API (patch by zorro).</p></li>
<li><p><a href="i">bpo-3</a>: %s</p></li></ul></section></section>
<section id="r3"><h2>Python 3.5.0 alpha 1<a class="headerlink" href="#r3">¶</a></h2>
<section id="d"><h3>Library<a class="headerlink" href="#d">¶</a></h3><ul>
<li><p><a href="i">bpo-4</a>: Update the bundled copy of pip to version 9.0.</p></li>
<li><p><a href="i">gh-1</a>: The first note of this issue has other words.</p></li></ul></section></section>
</section><div class="sphinxsidebar"><h3>This page</h3><ul><li><a href="#">Report a bug</a></li></ul></div></body></html>
""" % ("word " * 100)


def distinct() -> dict[str, Any]:
    return {note.issue: note for note in notes.distinct(notes.read(PAGE))}


def many() -> str:
    """A page with more notes of every label than are drawn, two of each issue."""
    issues, page = itertools.count(1), ""
    for release in ["3.13.1 final", "3.12.0 beta 1", "3.11.0 alpha 2", "3.8.0 alpha 1", "3.6.0 alpha 1"]:
        page += f"<section><h2>Python {release}</h2>"
        for label in notes.SHARES:
            pairs = ((issue, words(issue)) for issue in itertools.islice(issues, 12))
            items = "".join(f"<li><p>gh-{i}: {text}</p></li><li><p>gh-{i}: Again: {text}</p></li>" for i, text in pairs)
            page += f"<section><h3>{label}</h3><ul>{items}</ul></section>"
        page += "</section>"
    return page


def words(seed: int) -> str:
    return hashlib.sha256(str(seed).encode()).hexdigest().translate(SPACED)


def test_the_earliest_note_of_each_issue_is_plain_short_text_that_names_nobody():
    texts = {issue: note.text for issue, note in distinct().items()}
    assert texts.keys() == {"gh-1", "bpo-4", "bpo-2", "bpo-3", "gh-10", "gh-11"}
    assert texts["gh-1"] == "The first note of this issue has other words."
    assert len(texts["bpo-3"]) <= notes.MOST_CHARACTERS
    assert texts["gh-10"] == "Fix the sum of statistics.mean() for 'long' lists & tuples."
    assert texts["gh-11"] == "Two things changed in the parser of dates: one thing another thing"
    assert texts["bpo-2"] == "Add PyThing_New() to the limited API."


def test_every_split_gets_its_share_and_no_issue_is_in_two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(notes, "SIZES", {"train": 100, "dev": 40, "test": 50})
    page = many()
    drawn = list(notes.draw(notes.distinct(notes.read(page))))
    assert len({note.issue for note in drawn}) == len(drawn)
    rows = notes.export(page)
    for split, size in notes.SIZES.items():
        counts = {label: sum((row["split"], row["label"]) == (split, label) for row in rows) for label in notes.SHARES}
        assert counts == {label: size * share // 100 for label, share in notes.SHARES.items()}
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)

    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    for name in ("once", "again"):
        notes.main([str(tmp_path / "page.html"), str(tmp_path / name)])
    assert (tmp_path / "once").read_bytes() == (tmp_path / "again").read_bytes()
    first = json.loads((tmp_path / "once").read_text(encoding="utf-8").splitlines()[0])
    assert list(first) == ["id", "split", "text", "label", "release", "length"]


def test_the_shipped_file_keeps_what_its_datasheet_says():
    rows = [json.loads(line) for line in notes.TARGET.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [f"n{number:04}" for number in range(1, 1601)]
    assert all(notes.SPLITS[row["release"]] == row["split"] for row in rows)
    assert all((len(row["text"]) <= notes.SHORT) == (row["length"] == "short") for row in rows)
    seen: dict[tuple[str, ...], set[int]] = {}
    grams = [notes.grams(row["text"]) for row in rows]
    for number, own in enumerate(grams):
        for other in {other for gram in own for other in seen.get(gram, ())}:
            assert len(own & grams[other]) / len(own | grams[other]) < notes.NEAR
        for gram in own:
            seen.setdefault(gram, set()).add(number)
