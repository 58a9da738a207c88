"""A stranger's folder: the papers of a rowing club in four formats, two files that cannot be read, and 25 questions."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.sax.saxutils import escape

from support import ROOT, module_at

PROJECT = ROOT / "templates/rag-assistant/{{cookiecutter.project_slug}}"
HOSTILE = module_at(PROJECT / "tests/hostile.py")  # which makes files of these formats, and is the same in each project
TITLE = "The papers of Quayside Rowing Club"

RULES = """\
# House rules

The boathouse opens at six in the morning and closes at nine in the evening. Members with a **key card** may enter at any
time.

## Booking a boat

A boat is booked in the red ledger beside the door. Nobody may book more than two outings a week. A booking that is not
taken up within twenty minutes lapses.

## Guests

Each member may bring three guests a year. A guest pays eight euros an outing and signs the waiver first.
"""
FLEET = """\
<!doctype html><html><head><title>Fleet</title><style>p { color: red }</style></head><body>
<nav><a href="/">Start</a></nav>
<h1>The fleet</h1>
<p>The club owns eleven boats. The oldest is the cedar single <i>Kingfisher</i>, built in 1958.</p>
<h2>Racing shells</h2>
<p>The eight <i>Cormorant</i> may only be rowed with a licensed cox. Riggers are checked every Monday.</p>
<h2>Repairs</h2>
<table><tr><th>Damage</th><th>Who mends it</th></tr><tr><td>Cracked hull</td><td>the boatwright Ines</td></tr>
<tr><td>Loose seat</td><td>the crew itself</td></tr></table>
</body></html>
"""
SAFETY = [
    "Safety on the water",
    "No boat leaves when the wind is above five Beaufort.",
    "In the dark each boat carries a white light at the bow.",
    "The rescue launch must be fuelled before the first crew goes out.",
    "If somebody falls in, stay with the boat and blow the whistle three times.",
    "Life jackets are compulsory below twelve degrees of water temperature.",
]
MEMBERSHIP = [
    ("Heading1", "Membership"),
    ("", "A full membership costs two hundred and ten euros a year. Students pay half of that."),
    ("Heading2", "Leaving the club"),
    ("", "Notice is given in writing six weeks before the end of the year. The key card is returned to the treasurer."),
    ("Heading2", "The committee"),
    ("", "The committee has five members and meets on the first Tuesday of each month. Its chair is elected for two years."),
]  # fmt: skip
QUESTIONS = {
    "When does the boathouse open?": "six in the morning",
    "Who may enter the boathouse at any time?": "Members with a key card",
    "Where do I book a boat?": "red ledger",
    "How many outings may I book in a week?": "two outings a week",
    "When does a booking lapse?": "twenty minutes",
    "How many guests may a member bring in a year?": "three guests",
    "What does a guest pay?": "eight euros",
    "How many boats does the club own?": "eleven boats",
    "When was the Kingfisher built?": "1958",
    "Who has to steer the Cormorant?": "licensed cox",
    "On which day are riggers checked?": "every Monday",
    "Who mends a cracked hull?": "the boatwright Ines",
    "At which wind does no boat leave?": "five Beaufort",
    "Which light does a boat carry in the dark?": "white light",
    "What must be fuelled before the first crew goes out?": "rescue launch",
    "What should I do if somebody falls in?": "stay with the boat",
    "When are life jackets compulsory?": "below twelve degrees",
    "What does a full membership cost?": "two hundred and ten euros|costs two hundred",
    "How much notice must I give to leave?": "six weeks",
    "When does the committee meet?": "first Tuesday",
    "Does the club lend out wetsuits?": "",
    "Which bus goes to the boathouse?": "",
    "Is there a car park?": "",
    "Who won the regatta last summer?": "",
    "May I bring my dog?": "",
}


def write(folder: Path) -> Path:
    """Put the documents into `folder`; returns it."""
    folder.mkdir()
    (folder / "rules.md").write_text(RULES, encoding="utf-8")
    (folder / "site").mkdir()
    (folder / "site/fleet.html").write_text(FLEET, encoding="utf-8")
    (folder / "Safety on the water.pdf").write_bytes(HOSTILE.make_pdf(HOSTILE.show(*SAFETY)))
    (folder / "membership.docx").write_bytes(docx(MEMBERSHIP))
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    return folder


def questions(path: Path) -> Path:
    """Write the questions as a table; returns its path."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([("question", "answer"), *QUESTIONS.items()])
    path.write_bytes(text.getvalue().encode("cp1252"))
    return path


def docx(paragraphs: list[tuple[str, str]]) -> bytes:
    """A Word document with paragraphs of these styles."""
    headings = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/></w:style>'
        for level in (1, 2)
    )
    body = "".join(HOSTILE.paragraph(escape(text), style) for style, text in paragraphs)
    made: bytes = HOSTILE.make_docx(body, styles=f'<w:styles xmlns:w="{HOSTILE.WORD}">{headings}</w:styles>')
    return made
