"""`scaffolder` writes what stock cookiecutter writes: the same bytes, the same executable bits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.config import get_user_config
from support import ROOT, commit_all, default_fast, every_combination, name_of, on_disk, rendered, stock

from scaffolder.template import catalog
from scaffolder.template.catalog import Trust

EVERY = pytest.mark.parametrize(("name", "given"), default_fast(), ids=name_of)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the templates, all committed."""
    folder = tmp_path_factory.mktemp("repository") / "portfolio"
    ignore = shutil.ignore_patterns("__pycache__", ".*_cache")
    shutil.copytree(ROOT / "templates", folder / "templates", ignore=ignore)
    shutil.copy(ROOT / "cookiecutter.json", folder)
    return commit_all(folder)


@pytest.mark.slow
@EVERY
def test_from_the_folder(name: str, given: dict[str, Any], tmp_path: Path) -> None:
    template = catalog.bundled(name)
    assert rendered(template, **given) == on_disk(stock(template.folder, tmp_path, given))


@pytest.mark.slow
def test_from_a_git_clone(repository: Path, tmp_path: Path) -> None:
    """The first template from the repository's address, the others from the clone that cookiecutter has kept."""
    clone = Path(get_user_config(default_config=True)["cookiecutters_dir"], repository.name)
    places = [f"git+file://{repository}", *[clone] * (len(catalog.names()) - 1)]
    for name, place in zip(catalog.names(), places, strict=True):
        made = stock(place, tmp_path / name, {}, directory=f"templates/{name}", accept_hooks=False)
        assert rendered(catalog.bundled(name)) == on_disk(made)


@pytest.fixture(scope="module")
def packed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same repository as a zip file."""
    return shutil.make_archive(
        str(tmp_path_factory.mktemp("packed") / "portfolio"), "zip", repository.parent, "portfolio"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_from_a_zip(name: str, packed: str, tmp_path: Path) -> None:
    made = stock(packed, tmp_path / "made", {}, directory=f"templates/{name}", accept_hooks=False)
    without_modes = {path: data for path, (data, _) in rendered(catalog.bundled(name)).items()}
    assert without_modes == {path: data for path, (data, _) in on_disk(made).items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_under_pytest_cookies(name: str, cookies: Any) -> None:
    baked = cookies.bake(template=str(catalog.bundled(name).folder))
    assert baked.exception is None
    assert rendered(catalog.bundled(name)) == on_disk(Path(baked.project_path))


def test_the_menu_of_stock_cookiecutter_offers_every_template(repository: Path, tmp_path: Path) -> None:
    made = stock(repository, tmp_path, {})
    assert rendered(catalog.bundled(catalog.names()[0])) == on_disk(made)


@pytest.mark.parametrize("new_lines", [None, "\n", "\r\n"])
@pytest.mark.parametrize(
    "given", [{}, {"fast": False, "colour": "small-thing-blue", "count": "7"}], ids=["default", "chosen"]
)
@pytest.mark.parametrize("trust", list(Trust)[1:])
def test_somebody_elses_template(
    mini: Path, new_lines: str | None, given: dict[str, Any], trust: Trust, tmp_path: Path
) -> None:
    config = {**catalog.read(mini, "mini").config, "_new_lines": new_lines}
    if new_lines is None:
        del config["_new_lines"]
    (mini / "cookiecutter.json").write_text(json.dumps(config))
    answers = {name: value for name, value in given.items() if name != "colour"}
    said = {**answers, **({"colour": "{{ cookiecutter.project_slug }}-blue"} if "colour" in given else {})}
    assert rendered(catalog.read(mini, "mini", trust), **given) == on_disk(stock(mini, tmp_path / "o", said))


@pytest.mark.slow
def test_from_the_installed_wheel(tmp_path: Path) -> None:
    """The wheel, installed in a fresh environment outside this checkout, writes the same bytes."""
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "build", "--wheel", "--no-build-isolation", "-o", tmp_path, ROOT], check=True)
    subprocess.run([*uv, "venv", "--python", sys.executable, tmp_path / "venv"], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([*uv, "pip", "install", "--python", python, wheel], check=True)
    for name, given in every_combination():
        output = tmp_path / "made" / "-".join([name, *given.values()])
        pairs = [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
        command = [
            tmp_path / "venv" / "bin" / "scaffolder",
            "new",
            name,
            "-o",
            output,
            "--yes",
            "--no-git",
            *pairs,
        ]
        subprocess.run(command, check=True, cwd=tmp_path)
        (made,) = output.iterdir()
        assert rendered(catalog.bundled(name), **given) == on_disk(made)
