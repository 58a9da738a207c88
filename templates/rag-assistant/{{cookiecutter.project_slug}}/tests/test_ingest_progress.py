"""How far an ingest is, as a terminal and as a log see it."""

from __future__ import annotations

from io import StringIO

from assistant.documents.progress import CLEAR_LINE, TerminalProgress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_that_ends_clean() -> None:
    stream = Terminal()
    progress = TerminalProgress(stream)
    for number in (1, 2, 3):
        progress(number, 3, f"{number}\x1b[2J.md")
    assert stream.getvalue() == f"{CLEAR_LINE}1/3 1\\x1b[2J.md{CLEAR_LINE}2/3 2\\x1b[2J.md{CLEAR_LINE}"


def test_a_terminal_line_never_wraps() -> None:
    stream = Terminal()
    TerminalProgress(stream)(1, 2, "x" * 500)
    assert len(stream.getvalue()) < 300


def test_a_log_sees_ten_lines_and_no_control_character() -> None:
    stream = StringIO()
    progress = TerminalProgress(stream)
    for number in range(1, 201):
        progress(number, 200, "name")
    lines = stream.getvalue().splitlines()
    assert lines == [f"{number}/200 files" for number in range(20, 201, 20)]
