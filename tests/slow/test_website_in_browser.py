"""The site of the documentation in a browser, under a subfolder of a plain file server, and its page that checks."""

from __future__ import annotations

import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import UNSEEN, Screen, barriers, fits, opened, served, shown
from handed_in import filled
from playwright.sync_api import Browser, Page, Route
from projects import ROOT, run

from scaffolder.template import catalog

SITE = ROOT / "build/website/site"
SCREENS = {"laptop": Screen(1280, 900), "phone dark": Screen(390, 844, dark=True)}
WITH_TABLES = ("checklist.html", "commands.html")  # of the pages of docs/, which one theme shows
FORMS = {"json": "report.json", "html": "report.html", "badge": "badge.svg"}


@pytest.fixture(scope="module")
def site() -> Path:
    run("make", "--old-file=.venv/.ready", "site", cwd=ROOT)
    return SITE


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh project of each template, and a finished one whose screenshot is not committed yet."""
    folder = tmp_path_factory.mktemp("repositories")
    for name in catalog.names():
        run(sys.executable, "-m", "scaffolder", "new", name, name, "--yes", "--no-git", "-o", folder, cwd=ROOT)
    for path, data in filled("churn").items():
        if path != "docs/screenshot.png":
            (folder / "finished" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "finished" / path).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def checker(chromium: Browser, site: Path) -> Iterator[Page]:
    """The page that checks, in which Python is started once."""
    with served(site.parent) as host, opened(chromium, f"{host}/site/check.html") as page:
        yield page


def reports(page: Page, folder: Path) -> dict[str, bytes]:
    """What the page offers to download."""
    page.locator("#check-result").wait_for()
    for form, name in FORMS.items():
        with page.expect_download() as download:
            page.locator(f"#check-{form}").click()
        download.value.save_as(folder / name)
    return {form: (folder / name).read_bytes() for form, name in FORMS.items()}


def of_command(folder: Path, name: str, output: Path, *forms: str) -> dict[str, bytes]:
    """The same from the command."""
    for form in forms:
        how = ["--badge"] if form == "badge" else ["--format", form, "--output"]
        run(sys.executable, "-m", "scaffolder", "check", name, *how, output / FORMS[form], cwd=folder)
    return {form: (output / FORMS[form]).read_bytes() for form in forms}


def test_a_zip_gives_the_report_of_the_command(checker: Page, repositories: Path, tmp_path: Path) -> None:
    asked, states = [], set()
    checker.on("request", lambda request: asked.append(request.url))
    for name in (*catalog.names(), "finished"):
        archive = shutil.make_archive(str(tmp_path / name), "zip", repositories, name)
        checker.locator("#check-zip").set_input_files(archive)
        checker.get_by_role("status").filter(has_text=f"{name}: ").wait_for()
        found = reports(checker, tmp_path)
        assert found["json"] == of_command(repositories, name, tmp_path, "json")["json"]
        report = checker.frame_locator("#check-report")
        report.get_by_role("heading", name=name).first.wait_for()
        report.get_by_role("link").first.click()
        report.locator(":target").wait_for()
        assert report.get_by_role("link").count() == report.locator("a[href^='#']").count() > 0
        states |= {each["state"] for each in json.loads(found["json"])["reports"][0]["findings"]}
    assert {"done", "written", "placeholder", "missing", "n/a"} <= states
    assert "error" not in states
    here = checker.url.rpartition("/")[0]
    assert f"{here}/check.zip" in asked
    assert [url for url in asked if not url.startswith((here, "blob:"))] == []


def dropped(page: Page, path: Path) -> None:
    """Drop a file or folder of this machine on the page, as a person does."""
    box = page.locator("#check-drop").bounding_box()
    assert box
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    chromium = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + 9, "y": box["y"] + 9}
        chromium.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


@pytest.mark.parametrize(("how", "name"), [("chosen", "classical-ml"), ("dropped", "finished")])
def test_a_folder_gives_it_too(checker: Page, repositories: Path, tmp_path: Path, how: str, name: str) -> None:
    if how == "dropped":
        dropped(checker, repositories / name)
    else:
        checker.locator("#check-folder").set_input_files(repositories / name)
    checker.get_by_role("status").filter(has_text=f"{name}: ").wait_for()
    assert reports(checker, tmp_path) == of_command(repositories, name, tmp_path, *FORMS)


def test_an_address_is_read_where_the_forge_allows_it(checker: Page, repositories: Path, tmp_path: Path) -> None:
    asked = []
    archive = Path(shutil.make_archive(str(tmp_path / "archive"), "zip", repositories, "finished")).read_bytes()

    def forge(route: Route) -> None:
        asked.append(route.request.url)
        if "/closed/" in route.request.url:
            route.abort()
        else:
            route.fulfill(body=archive)

    checker.route(re.compile("^https:"), forge)
    address = checker.get_by_label("Or the address of a public repository")
    address.fill("https://forge.example/closed/finished")
    address.press("Enter")
    checker.get_by_text("forge.example does not let other pages read this archive").wait_for()
    link = checker.get_by_role("link", name="Download the archive there")
    assert link.get_attribute("href") == asked[0] == "https://forge.example/closed/finished/archive/HEAD.zip"
    address.fill("https://gitlab.forge.example/open/finished.git/-/tree/v1")
    address.press("Enter")
    checker.get_by_role("status").filter(has_text="finished: ").wait_for()
    assert link.is_hidden()
    assert asked[1:] == ["https://gitlab.forge.example/open/finished/-/archive/v1/finished.zip"]


def test_a_hostile_archive_is_refused_in_one_sentence(checker: Page, tmp_path: Path) -> None:
    """One ends Python itself, so that the next check begins with a new one."""
    deep, large = "[" * 100_000, "\0" * 50_000_000
    for said, path, text, how in (
        ("Python stopped in this browser: RangeError", "reports/metrics.json", deep, zipfile.ZIP_STORED),
        ("Nothing was unpacked: the files are more than 200 times", "README.md", large, zipfile.ZIP_DEFLATED),
    ):
        with zipfile.ZipFile(tmp_path / "hostile.zip", "w", how) as archive:
            archive.writestr("scaffolder.toml", "contract = 1\n\n[capabilities]\nmeasures = true\n")
            archive.writestr(path, text)
        checker.locator("#check-zip").set_input_files(tmp_path / "hostile.zip")
        checker.get_by_role("status").filter(has_text=said).wait_for()
        assert checker.locator("#check-result").is_hidden()


@pytest.mark.parametrize("screen", SCREENS)
def test_each_page_fits_the_screen_and_is_accessible(chromium: Browser, axe: str, site: Path, screen: str) -> None:
    pages = sorted(path.name for path in site.glob("*.html"))
    looked_at = {*(f"{path.stem}.html" for path in (ROOT / "website/pages").glob("*.md")), *WITH_TABLES}
    looked_at.remove("gallery.html")  # which is left out where no project has a site
    assert looked_at < set(pages)
    with served(site.parent) as host, shown(chromium, f"{host}/site/", SCREENS[screen]) as page:
        for name in pages:
            page.goto(f"{host}/site/{name}")
            assert fits(page), name
            if name in looked_at:
                assert barriers(page, axe, UNSEEN | {"nonBmp"}) == [], name  # a star is no letter
