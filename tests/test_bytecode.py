"""Compiled templates are kept between runs: the same bytes, and code only where nobody else can write it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest
from support import ROOT, make_template

from scaffolder.template import bytecode, catalog, environments, render
from scaffolder.template.answers import chosen, complete
from scaffolder.template.catalog import Template, Trust
from scaffolder.tree import Tree

pytestmark = pytest.mark.slow

Compiled = list[tuple[str, str | None]]
OURS = "portfolio-scaffolder"
SMALL = (
    {"project_slug": "made", "colour": "red", "fast": ["yes", "no"], "__shout": "{{ cookiecutter.colour|upper }}"},
    {
        "README.md": b"{% if cookiecutter.fast == 'yes' %}\nfast\n{% endif %}\n{% include 'part.txt' %}\n",
        "templates:part.txt": b"{{ cookiecutter.__shout }} {{ cookiecutter.colour|slugify }}",
        "plain.txt": b"no jinja here\n",
        "{{ cookiecutter.colour }}/{% if cookiecutter.fast %}fast.txt{% endif %}": b"{# gone #}named\n",
        **{f"{number}.txt": b"{{ cookiecutter.colour }} %d" % number for number in range(10)},
    },
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, for this test alone."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return bytecode._user_folder()


@pytest.fixture
def template(tmp_path: Path) -> Template:
    return catalog.read(make_template(tmp_path / "templates" / "small", *SMALL), "small")


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Compiled:
    """The templates that are compiled from here on: the name and file of each; a path of a file is no file."""
    found: Compiled = []
    compile_ = jinja2.Environment.compile

    def noting(engine: jinja2.Environment, source: str, name: str, file: str | None) -> object:
        found.append((name, file))
        return compile_(engine, source, name, file)

    monkeypatch.setattr(jinja2.Environment, "compile", noting)
    return found


def anew(template: Template) -> Tree:
    """The files of the template, as a new process would render them."""
    for function in (environments.environment, environments.compiled, render._compiled):
        function.cache_clear()
    return render.render(template, complete(template, chosen({})))


def files(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def test_nothing_is_compiled_twice(template: Template, cache: Path, compiled: Compiled) -> None:
    first = anew(template)
    names = [name for name, _ in compiled]
    assert "README.md" in names
    assert "part.txt" in names, "what is included counts, too"
    assert ("{{ cookiecutter.colour }}/{% if cookiecutter.fast %}fast.txt{% endif %}", None) in compiled, "and paths"
    assert len(files(cache)) == len(set(compiled))
    compiled.clear()
    assert anew(template) == first
    assert compiled == []


@pytest.mark.parametrize("name", catalog.names())
def test_kept_templates_render_the_same(
    name: str, cache: Path, compiled: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = catalog.bundled(name)
    filled, kept = anew(template), anew(template)
    assert len(files(cache)) == len(set(compiled)) > 20
    monkeypatch.setattr(environments, "open_cache", lambda *_: None)
    assert filled == kept == anew(template)


def test_a_changed_template_is_compiled_again(template: Template) -> None:
    before = anew(template)
    readme = template.folder / template.project_folder / "README.md"
    readme.write_bytes(readme.read_bytes() + b"{{ cookiecutter.colour }} more\n")
    assert anew(template)["README.md"].data == before["README.md"].data + b"red more\n"


def change_version(_: Template, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bytecode, "__version__", "99.0")


def change_jinja(_: Template, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jinja2, "__version__", "99.0")


def change_python(_: Template, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sys, "hexversion", sys.hexversion + 1)


def change_options(template: Template, _: pytest.MonkeyPatch) -> None:
    template.config["_jinja2_env_vars"] = {"trim_blocks": True}  # type: ignore[index]


@pytest.mark.parametrize("change", [change_version, change_jinja, change_python, change_options])
def test_another_version_or_option_shares_nothing(
    change: Callable[[Template, pytest.MonkeyPatch], None],
    template: Template,
    cache: Path,
    compiled: Compiled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anew(template)
    every, kept = compiled.copy(), files(cache)
    compiled.clear()
    with monkeypatch.context() as patch:
        change(template, patch)
        anew(template)
        assert compiled == every
        assert len(list((cache / OURS).iterdir())) == 2
    assert set(kept) < set(files(cache)), "the other version finds its own again"


def test_only_the_last_versions_are_kept(cache: Path) -> None:
    made: list[Path] = []
    for number in range(20):
        assert bytecode.open_cache(number)
        made += set((cache / OURS).iterdir()) - set(made)
        os.utime(made[-1], (number, number))
    assert set((cache / OURS).iterdir()) == set(made[-4:])


@pytest.mark.parametrize("keep", [0, 3, 8, 40, 400])
@pytest.mark.parametrize("end", [b"", b"\xff" * 100, b"cos\nsystem\n"], ids=["cut", "bytes", "pickle"])
def test_a_broken_file_is_written_again(
    template: Template, cache: Path, compiled: Compiled, keep: int, end: bytes
) -> None:
    first = anew(template)
    every, whole = set(compiled), {path: path.stat().st_size for path in files(cache)}
    for path in whole:
        path.write_bytes(path.read_bytes()[:keep] + end)
    compiled.clear()
    assert anew(template) == first
    assert set(compiled) == every
    assert {path: path.stat().st_size for path in files(cache)} == whole


def test_a_cache_that_goes_away_or_is_full_stops_nothing(
    template: Template, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = anew(template)
    open_cache = bytecode.open_cache

    def opened_and_removed(*settings: object) -> object:
        found = open_cache(*settings)
        (cache / OURS).rename(cache / "away")
        return found

    monkeypatch.setattr(environments, "open_cache", opened_and_removed)
    assert anew(template) == first


@pytest.mark.parametrize("place", [os.devnull, "/proc/none", "relative", "~nobody-of-this-name/cache"])
def test_where_nothing_can_be_kept_templates_are_compiled(
    template: Template, compiled: Compiled, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    assert anew(template) == anew(template)
    assert len(compiled) == 2 * len(set(compiled)) > 10


def test_a_file_in_the_place_of_the_folder_is_left_alone(template: Template, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / OURS).write_text("a file")
    anew(template)
    assert (cache / OURS).read_text() == "a file"


def give_away(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)


def link(_: pytest.MonkeyPatch, folder: Path) -> None:
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to("elsewhere")


def open_to_readers(_: pytest.MonkeyPatch, folder: Path) -> None:
    folder.chmod(0o755)


def open_to_the_group(_: pytest.MonkeyPatch, folder: Path) -> None:
    folder.chmod(0o770)


def open_above(_: pytest.MonkeyPatch, folder: Path) -> None:
    folder.parent.chmod(0o777)


@pytest.mark.parametrize("change", [give_away, link, open_to_readers, open_to_the_group, open_above])
def test_code_is_neither_read_nor_written_where_another_user_could_write(
    change: Callable[[pytest.MonkeyPatch, Path], None],
    template: Template,
    cache: Path,
    compiled: Compiled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = anew(template)
    every = compiled.copy()
    compiled.clear()
    change(monkeypatch, cache / OURS)
    before = {path: path.stat().st_mtime_ns for path in files(cache)}
    assert anew(template) == first
    assert compiled == every
    assert {path: path.stat().st_mtime_ns for path in files(cache)} == before


def test_a_sticky_folder_above_is_safe(template: Template, cache: Path, compiled: Compiled) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o1777)  # as /tmp is: nobody can exchange what others have there
    anew(template)
    compiled.clear()
    anew(template)
    assert compiled == []


def test_the_folder_is_closed_to_others(template: Template, cache: Path) -> None:
    before = os.umask(0o002)
    try:
        anew(template)
    finally:
        os.umask(before)
    folders = [cache, cache / OURS, *(cache / OURS).iterdir()]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700] * 3


@pytest.mark.parametrize("trust", [Trust.SANDBOXED, Trust.TRUSTED])
def test_nothing_of_a_strangers_template_is_kept(trust: Trust, template: Template, cache: Path) -> None:
    assert anew(catalog.read(template.folder, "small", trust)) == anew(template)
    ours = files(cache)
    anew(catalog.read(template.folder, "small", trust))
    assert files(cache) == ours


def test_nothing_is_kept_by_the_command_for_a_strangers_template(template: Template, cache: Path) -> None:
    for option in ([], ["--trust"]):
        command = [
            sys.executable,
            "-m",
            "scaffolder",
            "new",
            str(template.folder),
            f"made{len(option)}",
            "--yes",
            *option,
        ]
        subprocess.run(command, check=True, capture_output=True)
    assert not files(cache)


def test_processes_that_begin_together_write_the_same(tmp_path: Path, cache: Path) -> None:
    new = [sys.executable, "-m", "scaffolder", "new", "classical-ml", "made", "--yes", "--no-git", "-o"]
    running = [subprocess.Popen([*new, str(tmp_path / name)], cwd=ROOT, stdout=subprocess.DEVNULL) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    made = [{path.relative_to(tmp_path / name): path.read_bytes() for path in files(tmp_path / name)} for name in "abc"]
    assert made[0] == made[1] == made[2] != {}
    assert {path.suffix for path in files(cache)} == {".cache"}, "no file is left half-written"


@pytest.mark.parametrize(
    ("system", "variables", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "/caches"}, "/caches"),
        ("linux", {"XDG_CACHE_HOME": ""}, "/home/ada/.cache"),
        ("darwin", {}, "/home/ada/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "/profile/Local"}, "/profile/Local"),
        ("win32", {"LOCALAPPDATA": ""}, "/home/ada/AppData/Local"),
    ],
)
def test_each_system_has_a_place_for_caches(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], folder: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    for name, value in {"HOME": "/home/ada", **variables}.items():
        monkeypatch.setenv(name, value)
    assert bytecode._user_folder() == Path(folder)
