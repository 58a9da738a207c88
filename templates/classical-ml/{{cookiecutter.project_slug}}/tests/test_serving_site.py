"""`make site` writes a page with the model inside that needs no service and asks no other host."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from html_page import Page
from toy import ROOT, Project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a link to Python is not enough to run it there")
RUNTIME = "web/node_modules/onnxruntime-web/dist"


@pytest.fixture
def folder(project: Project, tmp_path: Path) -> Path:
    """A trained project that is set up, and whose runtime was fetched; small files stand for both."""
    shutil.copytree(project.folder / "artifacts", tmp_path / "artifacts")
    for name in ("src", "web"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    for name in ("tasks.py", "requirements-dev.lock"):
        shutil.copy2(ROOT / name, tmp_path)
    for path in [tmp_path / RUNTIME / name for name in ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    shutil.copy(ROOT / "requirements-dev.lock", tmp_path / ".venv/.ready")
    return tmp_path


def make_site(folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "src"), *sys.path])}
    command = [sys.executable, str(folder / "tasks.py"), "site"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_it_has_what_the_page_names_and_the_model_and_what_runs_it(folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site/old.html").touch()
    assert make_site(folder).returncode == 0
    text = (folder / "site/index.html").read_text(encoding="utf-8")
    names = [str(one.get("src", one.get("href"))) for one in Page(text).all("script", "link", "a")]
    named = [name for name in names if not name.startswith(("data:", "https://github.com/"))]
    assert len(named) >= 4
    assert [name for name in named if not (folder / "site" / name).is_file()] == []
    assert not (folder / "site/old.html").exists()
    assert "nothing that you type is sent anywhere" in text
    assert "curl" not in text
    for name in ("model.onnx", "model.json"):
        assert (folder / "site" / name).read_bytes() == (folder / "artifacts" / name).read_bytes()
    asked = (folder / "site/static/predictor.js").read_text(encoding="utf-8")
    assert "InferenceSession" in asked  # the service's own script of this name asks the service
    assert (folder / "site/static/ort-wasm-simd-threaded.wasm").is_file()


def test_without_the_runtime_there_is_an_error(folder: Path) -> None:
    shutil.rmtree(folder / RUNTIME)
    done = make_site(folder)
    assert done.returncode == 2
    assert "onnxruntime-web" in done.stderr
