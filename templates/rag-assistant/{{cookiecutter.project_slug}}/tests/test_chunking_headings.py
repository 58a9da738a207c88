"""Sections stay apart or together: what a passage is if headings decide first."""

from test_chunking import WORDS, cut


def test_headings_keep_sections_apart() -> None:
    text = "\n\n".join(f"## Part {number}\n\n{WORDS * 2}" for number in range(3))
    chunks = cut(text)
    assert [one.section for one in chunks] == [("Part 0",), ("Part 1",), ("Part 2",)]
    assert all(one.text.startswith("## Part") for one in chunks)
    chunks = cut(f"# Top\n\n{WORDS}\n\n## A\n\n{WORDS * 3}", size=210)
    assert [one.text.count("fox") for one in chunks] == [1, 3]


def test_headings_join_small_sections_with_their_neighbours() -> None:
    text = f"# Top\n\nIntro.\n\n## A\n\nSmall.\n\n## B\n\nTiny.\n\n## C\n\n{WORDS * 3}"
    chunks = cut(text, size=220)
    assert [one.section for one in chunks] == [("Top",), ("Top", "C")]
    assert chunks[0].text == "# Top\n\nIntro.\n\n## A\n\nSmall.\n\n## B\n\nTiny."


def test_a_section_that_fits_with_all_below_it_is_one_passage() -> None:
    part = "A part that is no small one, yet short. "
    text = f"# First\n\n{WORDS * 3}\n\n# Top\n\n{part}\n\n## A\n\n{part}\n\n## B\n\n{part}"
    assert [one.section for one in cut(text, size=200)] == [("First",), ("Top",)]


def test_small_sections_late_in_a_document_are_joined_too() -> None:
    text = f"# First\n\n{WORDS * 3}\n\n# A\n\nSmall.\n\n# B\n\nTiny.\n\n# Last\n\n{WORDS * 3}"
    assert [one.text.count("# ") for one in cut(text)] == [1, 2, 1]


def test_a_section_of_a_fifth_of_the_size_is_not_small() -> None:
    text = "\n\n".join(f"# {name}\n\nOf some forty characters, like the others." for name in "AB")
    assert [one.section for one in cut(text, size=200)] == [("A",), ("B",)]
    assert [one.section for one in cut(text, size=300)] == [()]


def test_a_heading_is_not_left_alone_above_a_long_section() -> None:
    chunks = cut(f"# Top\n\n## Long\n\n{WORDS * 8}")
    assert chunks[0].text.startswith("# Top\n\n## Long\n\nThe quick")
    assert [one.section for one in chunks] == [("Top",), *[("Top", "Long")] * (len(chunks) - 1)]
