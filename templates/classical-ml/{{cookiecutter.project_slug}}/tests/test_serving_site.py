"""`site/` is whole: a page with the model inside that needs no service and asks no other host."""

import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from html_page import Page
from predictor.serving import site
from toy import Project

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder(project: Project, tmp_path: Path) -> Path:
    """A trained project whose runtime was fetched; two small files stand for it."""
    shutil.copytree(project.folder / "artifacts", tmp_path / "artifacts")
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / site.RUNTIME).mkdir(parents=True)
    for name in ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"):
        (tmp_path / site.RUNTIME / name).write_text(name)
    return tmp_path


def test_what_the_page_names_lies_beside_it(folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site/old.html").touch()
    with chdir(folder):
        site.write()
    text = (folder / "site/index.html").read_text(encoding="utf-8")
    names = [str(one.get("src", one.get("href"))) for one in Page(text).all("script", "link", "a")]
    named = [name for name in names if not name.startswith(("data:", "https://github.com/"))]
    assert len(named) >= 4
    assert [name for name in named if not (folder / "site" / name).is_file()] == []
    assert not (folder / "site/old.html").exists()
    assert "nothing that you type is sent anywhere" in text
    assert "curl" not in text


def test_it_has_the_model_and_what_runs_it(folder: Path) -> None:
    with chdir(folder):
        site.write()
    for name in ("model.onnx", "model.json"):
        assert (folder / "site" / name).read_bytes() == (folder / "artifacts" / name).read_bytes()
    asked = (folder / "site/static/predictor.js").read_text(encoding="utf-8")
    assert "InferenceSession" in asked  # the service's own script of this name asks the service
    assert (folder / "site/static/ort-wasm-simd-threaded.wasm").is_file()


def test_without_the_runtime_there_is_an_error(folder: Path) -> None:
    shutil.rmtree(folder / site.RUNTIME)
    with chdir(folder), pytest.raises(FileNotFoundError, match="onnxruntime-web"):
        site.write()
