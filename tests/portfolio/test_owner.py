"""`portfolio.toml`: what it may say, and one sentence for what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.errors import ScaffolderError
from scaffolder.portfolio import owner
from scaffolder.portfolio.model import Link, Person
from scaffolder.portfolio.owner import Owner

WRONG = {
    "name = 3": "name must be a text",
    f'role = "{"x" * 200}"': "role must be a text of at most 120 characters",
    'adress = "x"': "there is no setting 'adress': did you mean 'address'?",
    'address = "javascript:alert(1)"': "is not a web address",
    'contact = "ada@example.org"': "contact must be a list",
    'contact = ["call me"]': "'call me' is neither an e-mail address nor a web address",
    'contact = ["javascript:alert(1)"]': "is neither an e-mail address nor a web address",
    "projects = 3": "projects must be tables",
    '[projects.churn]\nlive = "churn"': "[projects.churn] live is not a web address",
    '[projects.churn]\nlife = "x"': "[projects.churn] has no setting 'life': did you mean 'live'?",
    "name = ": "is not TOML",
    "a.b.c." * 30 + "d = 1": "is not TOML",
    "#" * 200_000: "is larger than 100,000 bytes",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:30])
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / owner.NAME).write_text(text)
    with pytest.raises(ScaffolderError) as error:
        owner.read(tmp_path)
    assert WRONG[text] in str(error.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / owner.NAME).write_bytes(b'name = "\xff"')
    with pytest.raises(ScaffolderError, match="is not TOML"):
        owner.read(tmp_path)


def test_who_the_owner_is_is_read(tmp_path: Path) -> None:
    (tmp_path / owner.NAME).write_text(
        'name = "Ada  Lovelace"\nrole = "AI engineer"\ncontact = ["ada@example.org", "https://www.example.org/ada/"]\n'
    )
    links = (Link("ada@example.org", "mailto:ada@example.org"), Link("example.org/ada", "https://www.example.org/ada/"))
    assert owner.read(tmp_path).person() == Person("Ada Lovelace", "AI engineer", contact=links)
    changed = owner.given(owner.read(tmp_path), None, "ML engineer", ["https://ada.example"])
    assert (changed.name, changed.role, changed.contact) == ("Ada Lovelace", "ML engineer", ("https://ada.example",))


def test_without_a_name_or_a_role_there_is_no_person() -> None:
    with pytest.raises(ScaffolderError, match=r"needs your name: give --name"):
        Owner(role="AI engineer").person()
    with pytest.raises(ScaffolderError, match=r"needs your role: give --role"):
        Owner(name="Ada").person()


@pytest.mark.parametrize("name", ["Ada", 'A"d\\a\n', "Zoë \x7f", "名前"])
def test_a_draft_says_what_is_known_and_can_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / owner.NAME).write_text(owner.draft(Owner(name=name, contact=("a@b.example",)), ["churn", 'x"y']))
    assert owner.read(tmp_path) == Owner(name=" ".join(name.split()), contact=("a@b.example",))
