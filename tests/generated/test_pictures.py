"""The picture that a template ships of its page: for its default data alone, and never taken for its owner's."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from rendered import Files, answered, finding, fresh, screenshot
from support import combinations, rendered, tool

from scaffolder.check.initial_render import SHIPPED
from scaffolder.project.machine import PICTURE
from scaffolder.project.merge import merge
from scaffolder.results.finding import State
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.environments import render_text
from scaffolder.template.render import render
from scaffolder.tree import File

pytestmark = pytest.mark.parametrize("name", catalog.names())
SHOWN = '<img src="docs/screenshot.png"'
OTHER_PAGES = {"approval", "registry", "vector_store"}  # questions whose answer the page does not show
MEASURED = re.compile(r"<!-- measured:picture -->\n(.*?)\n<!-- /measured:picture -->", re.DOTALL)
CONDITION = re.compile(r'\{\{ "([^"]*)" if "as portfolio-scaffolder makes it" in screenshot \}\}')


def picture_of(name: str, **given: Any) -> bytes | None:
    files = rendered(catalog.bundled(name), **given)
    assert (SHOWN in files["README.md"][0].decode()) is (PICTURE in files)
    return files[PICTURE][0] if PICTURE in files else None


def test_it_is_shipped_for_the_default_data_alone(name: str) -> None:
    default, *others = combinations(name)
    assert picture_of(name, **default)
    for given in others:
        differs = {question for question, answer in given.items() if answer != default[question]}
        assert (picture_of(name, **given) is None) is bool(differs - OTHER_PAGES), given
    template = catalog.bundled(name)
    own = {**complete(template, chosen({})).context, "_data": {"kind": "of its owner"}}
    assert render_text(template, template.config["__pictured"], own) == ""


def test_it_is_small_and_says_where_it_comes_from(name: str) -> None:
    data = picture_of(name) or b""
    assert len(data) <= 100_000
    assert SHIPPED in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (1600, 1000)
        assert (image.convert("L").getextrema()[1], len(image.getcolors() or ()) > 20) == (255, True)


def test_a_report_says_the_same_of_it(name: str) -> None:
    """Otherwise the block would count as changed by the owner, and stay when the picture goes."""
    files = rendered(catalog.bundled(name))
    (path,) = (path for path in files if path.endswith("/report.jinja"))
    written = CONDITION.sub(r"\1", files[path][0].decode())
    (block,) = MEASURED.findall(files["README.md"][0].decode())
    assert f"\n{block}\n" in written
    assert ", as the template ships it" in block


def finished(name: str, **more: bytes) -> Files:
    files = answered(fresh(name), "Ines counted forty-one of them in June, and each took her half an hour.")
    return files | {path.replace("__", "/"): data for path, data in more.items()}


def test_it_is_no_screenshot_of_the_owner_s(name: str) -> None:
    found = finding(finished(name), "demo")
    assert found.state is State.PLACEHOLDER
    assert found.evidence[0].fact == "still the picture that was handed out: take one of your own"
    assert "`make screenshot` takes it" in found.remedy
    own = finished(name) | {PICTURE: screenshot()}
    assert finding(own, "demo").state is State.WRITTEN
    without_contract = {path: data for path, data in finished(name).items() if path != "scaffolder.toml"}
    unshown = without_contract | {"README.md": without_contract["README.md"].replace(SHOWN.encode(), b"<img")}
    for files in (without_contract, unshown):
        assert PICTURE not in str(finding(files, "demo").evidence)
        assert PICTURE in str(finding({**files, PICTURE: screenshot()}, "demo").evidence)


def test_a_later_version_of_it_does_not_replace_the_owner_s(name: str) -> None:
    shipped = {PICTURE: File(picture_of(name) or b"")}
    own, later = {PICTURE: File(screenshot())}, {PICTURE: File(screenshot() + b"\0")}
    note = f"{PICTURE} was kept as you have it; 'make screenshot' takes a new one."
    for theirs in (later, {}):
        merged = merge(shipped, own, theirs)
        assert (merged.tree, merged.conflicts, merged.notes) == (own, (), (note,))
        assert merge(shipped, shipped, theirs).tree == theirs


def test_its_description_follows_the_sources_of_the_page(name: str) -> None:
    pictures, template = tool("pictures"), catalog.bundled(name)
    files = render(template, complete(template, chosen({})))
    sources = pictures.sources(files)
    assert {"settings.toml"} < sources.keys()
    assert any(path.endswith("page.html") for path in sources)
    assert pictures.file_of(name).read_bytes() == picture_of(name)
