"""`site/` is whole: recorded cases as a page, which needs no service and asks no other host."""

import json
import shutil
from pathlib import Path

from capstone.deciding import Decider
from capstone.serving import site
from capstone.settings import Settings
from html_page import Page

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_has_what_it_names_and_the_decisions_of_the_service(project: Path, settings: Settings) -> None:
    shutil.copytree(ROOT / "web", project / "web")
    (project / "site").mkdir()
    (project / "site/old.html").touch()
    assert site.write(settings) == site.CASES
    assert not (project / "site/old.html").exists()
    text = (project / "site/index.html").read_text(encoding="utf-8")
    named = [str(one.get("src", one.get("href"))) for one in Page(text).all("script", "link")]
    files = [name for name in named if not name.startswith("data:")]
    assert len(files) >= 3
    assert [name for name in files if not (project / "site" / name).is_file()] == []
    assert "recorded answers" in text
    assert "openapi.json" not in text
    decider = Decider.load()
    for case in json.loads((project / "site/recorded.json").read_bytes()):
        assert case["decision"] == json.loads(decider.decide(case["inputs"]).model_dump_json())
        assert "actual" in case
