"""Build the site of the documentation in build/website/site.

    python tools/website.py ZENSICAL [--projects FOLDER] [--source ADDRESS]

ZENSICAL is the program, as website/requirements.txt pins it. FOLDER holds projects that scaffolder made, each named as
its template, after `make demo site`; the gallery shows the sites that
are there, and without any there is no gallery. ADDRESS is where the source is.
Needs npm and the packages of requirements-dev.lock.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

from recording import recorded

from scaffolder.template import catalog

ROOT = Path(__file__).resolve().parent.parent
SOURCES, BUILD = ROOT / "website", ROOT / "build/website"
DOCS = BUILD / "docs"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FORGE, PLACEHOLDER = "https://github.com/", "OWNER/scaffolder"
RECORDED = (
    ("scaffolder", "new", "classical-ml", "credit-risk", "--yes"),
    ("scaffolder", "check", "credit-risk"),
)
# For the check in the browser: files of Pyodide, what the check reads with, and rooms of the package that it can miss.
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
READS_WITH = ("fastjsonschema", "jinja2", "markdown-it-py", "markupsafe", "mdurl", "pyyaml")
LEFT_OUT = ("adopt", "cli", "cohort", "portfolio", "practice")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("zensical")
    asked.add_argument("--projects", type=Path)
    asked.add_argument("--source", default=PROJECT["urls"]["Source"])
    given = asked.parse_args()
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(ROOT / "docs", DOCS)
    shutil.copytree(SOURCES / "pages", DOCS, dirs_exist_ok=True)
    for page in DOCS.glob("*.md"):
        page.write_text(published(page.read_text("utf-8"), given.source), "utf-8")
    shutil.copy(SOURCES / "zensical.toml", BUILD)
    gallery(given.projects)
    with tempfile.TemporaryDirectory() as scratch:
        (DOCS / "recording.svg").write_text(recorded(RECORDED, Path(scratch)), "utf-8")
        _checker(Path(scratch))
    subprocess.run([given.zensical, "build", "--strict", "--clean"], cwd=BUILD, check=True)
    (BUILD / "site/404.html").unlink()  # its links are right only at the top of a host
    return 0


def published(text: str, source: str) -> str:
    """A page with links out of docs/, and the placeholder of the address, replaced by the address of the source."""
    owner_and_name = source.partition("://")[2].partition("/")[2]
    text = text.replace("](../", f"]({source}/blob/main/").replace(FORGE + PLACEHOLDER, source)
    return text.replace(PLACEHOLDER, owner_and_name)


def gallery(projects: Path | None) -> None:
    """Copy the sites of `projects`, and list them on the gallery's page. Without any, remove the page and its links."""
    entries = list(_entries(projects)) if projects else []
    page = DOCS / "gallery.md"
    if entries:
        page.write_text(page.read_text("utf-8") + "".join(entries), "utf-8")
        return
    page.unlink()
    for path in (DOCS / "index.md", BUILD / "zensical.toml"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if page.name not in line), "utf-8")


def _entries(projects: Path) -> Iterator[str]:
    for template in map(catalog.bundled, catalog.names()):
        site = projects / template.name / "site"
        if (site / "index.html").is_file():
            shutil.copytree(site, DOCS / "projects" / template.name)
            link = f"[Open its site](projects/{template.name}/index.html)"
            yield f"\n## {template.about.title}\n\n{template.about.summary}\n\n{link}\n"


def _checker(scratch: Path) -> None:
    """The files of the page that checks a repository: Pyodide, and one archive with all Python that it imports."""
    install = ["npm", "ci", "--prefix", str(SOURCES), "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(install, check=True)
    (DOCS / "pyodide").mkdir()
    for name in RUNTIME:
        shutil.copy(SOURCES / "node_modules/pyodide" / name, DOCS / "pyodide")
    shutil.copy(SOURCES / "check.js", DOCS)
    uv = str(Path(sys.executable).with_name("uv"))
    wheel = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", str(scratch)]
    subprocess.run(wheel, cwd=ROOT, check=True)
    with zipfile.ZipFile(DOCS / "check.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(SOURCES / "check_archive.py", "check_archive.py")
        for path, data in [*_libraries(), *_ours(next(scratch.glob("*.whl")))]:
            packed.writestr(path, data)


def _libraries() -> Iterator[tuple[str, bytes]]:
    """The Python files and licences of the installed libraries, which a lock with hashes has pinned."""
    for name in READS_WITH:
        for file in distribution(name).files or ():
            if file.suffix == ".py" or (".dist-info" in file.parts[0] and "LICEN" in file.name.upper()):
                yield file.as_posix(), Path(str(file.locate())).read_bytes()


def _ours(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """The package, and of each template only its documents and questions, with which texts are compared."""
    with zipfile.ZipFile(wheel) as archive:
        for path in map(PurePosixPath, archive.namelist()):
            room = path.parts[1]
            read = room != "templates" or path.suffix == ".md" or path.name == "cookiecutter.json"
            if read and room not in LEFT_OUT:
                yield str(path), archive.read(str(path))


if __name__ == "__main__":
    sys.exit(main())
