"""The cost of a cohort, as CPU milliseconds a repository and as ratios against peers, in one run.

Ours are whole commands with one worker, the start of the interpreter included. The peers do the same for some projects:
stock `cookiecutter()` and Git in a loop, `cruft update` and `copier update`, each in an environment of its own.

    python benchmarks/cohort.py [--students N] [--peers N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from scaffolder.template import catalog

BARS = {"new": 15.0, "update, untouched": 8.0, "update, edited": 8.0}  # milliseconds of CPU a repository
EXPECTED = {"cookiecutter and git": ("new", 5), "cruft": ("update, edited", 50), "copier": ("update, edited", 200)}
EDIT = "\nA line of the student's.\n"
TEMPLATE = catalog.bundled("classical-ml").folder
IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "gc.auto=0")


def cpu_of(work: Callable[[], object]) -> float:
    """CPU milliseconds of `work`, in this process and its children."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    before = [resource.getrusage(kind) for kind in kinds]
    work()
    after = [resource.getrusage(kind) for kind in kinds]
    return 1000 * sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))


def run(*command: object, cwd: Path) -> None:
    """Run a command; its output is shown if it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))[:200]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def git(folder: Path, *arguments: object) -> None:
    """Run Git as a student would."""
    run("git", *IDENTITY, *arguments, cwd=folder)


def ours(folder: Path, students: int) -> dict[str, float]:
    """A cohort of `students` with all five templates; half of the repositories are edited before the second update."""
    roster = folder / "roster.csv"
    roster.write_text("id\n" + "".join(f"student-{number:05}\n" for number in range(students)))
    command = [sys.executable, "-m", "scaffolder", "cohort"]
    templates = [word for name in catalog.names() for word in ("-t", name)]
    total = students * len(catalog.names())
    cohort = folder / "cohort"

    def update(owner: str) -> float:
        options = ["--set", f"github_owner={owner}", "--workers", "1"]
        return cpu_of(lambda: run(*command, "update", cohort, *options, cwd=folder)) / total

    made = cpu_of(lambda: run(*command, "new", roster, *templates, "-o", cohort, "--workers", "1", cwd=folder)) / total
    untouched = update("first-school")
    for bare in sorted(cohort.glob("repositories/*/*.git")):
        edit_bare(bare)
    return {"new": made, "update, untouched": untouched, "update, edited": update("second-school")}


def edit_bare(bare: Path) -> None:
    """Commit a student's line to `main`, in a file that the update changes, too."""
    from scaffolder.project import store
    from scaffolder.tree import File

    repo = store.opened(bare)
    head = store.commit_of(repo, store.MAIN)
    assert head
    tree = store.tree_of(repo, head)
    readme = store.loaded(repo, store.entries(repo, tree), ["README.md"])["README.md"]
    changed = store.write_tree(repo, {"README.md": File(readme.data + EDIT.encode())}, onto=tree)
    store.move(
        repo, store.MAIN, head, store.commit(repo, changed, [head], "Work", store.Person("Ada", "a@example.org"))
    )


def cookiecutter_and_git(folder: Path, peers: int) -> float:
    """A project from each template with stock `cookiecutter()`, and its first commit, `peers` times."""
    from cookiecutter.main import cookiecutter

    def make(number: int, name: str) -> None:
        made = cookiecutter(
            str(catalog.bundled(name).folder),
            no_input=True,
            extra_context={"project_name": f"Student {number}"},
            output_dir=str(folder / f"{name}-{number}"),
            default_config=True,
            accept_hooks=False,
        )
        git(Path(made), "init", "--quiet", "--initial-branch=main")
        git(Path(made), "add", "--all")
        git(Path(made), "commit", "--quiet", "-m", "Start")
        git(Path(made), "branch", "scaffold")

    def every() -> None:
        for number in range(peers):
            for name in catalog.names():
                make(number, name)

    make(-1, catalog.names()[0])  # imports are not counted
    return cpu_of(every) / (peers * len(catalog.names()))


def tool(folder: Path, *packages: str) -> Path:
    """The programs of an environment with `packages`."""
    environment = folder / f"venv-{packages[0]}"
    run(sys.executable, "-m", "venv", environment, cwd=folder)
    run(environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *packages, cwd=folder)
    return environment / "bin"


def cruft(folder: Path, peers: int) -> float:
    """`cruft update` of edited projects, after the template has got a line more."""
    programs = tool(folder, "cruft", "cookiecutter")
    template = folder / "cruft-template"
    shutil.copytree(TEMPLATE, template)
    commit(template)
    projects = []
    for number in range(peers):
        place = folder / f"cruft-{number}"
        run(programs / "cruft", "create", template, "--no-input", "--output-dir", place, cwd=folder)
        projects.append(edited(next(place.iterdir())))
    grow(template / "{{cookiecutter.project_slug}}/docs/tour.md")
    commit(template)
    return cpu_of(lambda: [run(programs / "cruft", "update", "-y", cwd=project) for project in projects]) / peers


def copier(folder: Path, peers: int) -> float:
    """`copier update` of edited projects whose template is the rendered files, with one question."""
    programs = tool(folder, "copier")
    template = folder / "copier-template"
    run(
        sys.executable,
        "-m",
        "scaffolder",
        "new",
        TEMPLATE.name,
        "files",
        "--yes",
        "--no-git",
        "-o",
        template,
        cwd=folder,
    )
    settings = "_subdirectory: files\n_templates_suffix: .copier\nname: {type: str, default: Ada}\n"
    (template / "copier.yml").write_text(settings)
    (template / "files/{{ _copier_conf.answers_file }}.copier").write_text("{{ _copier_answers|to_nice_yaml }}")
    commit(template, "v1")
    projects = []
    for number in range(peers):
        place = folder / f"copier-{number}"
        run(programs / "copier", "copy", "--quiet", "--defaults", f"git+{template.as_uri()}", place, cwd=folder)
        projects.append(edited(place))
    grow(template / "files/docs/tour.md")
    commit(template, "v2")
    command = (programs / "copier", "update", "--quiet", "--defaults")
    return cpu_of(lambda: [run(*command, cwd=project) for project in projects]) / peers


def commit(folder: Path, tag: str = "") -> None:
    """Commit all files of a folder, as a repository of its own."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "Commit")
    if tag:
        git(folder, "tag", tag)


def edited(project: Path) -> Path:
    """A project with its first commit and a student's."""
    commit(project)
    grow(project / "README.md")
    commit(project)
    return project


def grow(file: Path) -> None:
    """Add a line."""
    file.write_text(file.read_text("utf-8") + EDIT, "utf-8")


def main() -> int:
    """Measure, show, and say whether the bars are kept."""
    parser = argparse.ArgumentParser(description="Print what a cohort costs; exit 1 if a bar is missed.")
    parser.add_argument(
        "--students", type=int, default=1000, help="students of our cohort, with five projects each (1000)"
    )
    parser.add_argument("--peers", type=int, default=5, help="rounds of the peers (5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ.update(HOME=temporary, GIT_CONFIG_GLOBAL=str(folder / "gitconfig"))
        (folder / "gitconfig").write_text(
            '[user]\nname = Ada\nemail = ada@example.org\n[protocol "file"]\nallow = always\n'
        )
        result = ours(folder, options.students)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000  # of the largest process, in MB
        result |= {
            "cookiecutter and git": cookiecutter_and_git(folder, options.peers),
            "cruft": cruft(folder, options.peers),
            "copier": copier(folder, options.peers),
        }
    if options.json:
        print(json.dumps({**result, "peak MB": peak}, indent=2))
    else:
        show(result, peak)
    return int(any(result[name] > bar for name, bar in BARS.items()))


def show(result: dict[str, float], peak: float) -> None:
    """Print a table."""
    print(f"{'CPU ms a repository':<24}{'ms':>10}{'bar':>7}{'ratio':>9}{'expected':>10}")
    for name, value in result.items():
        bar = f"{BARS[name]:>7.0f}" if name in BARS else ""
        against, least = EXPECTED.get(name, ("", 0))
        ratio = f"{value / result[against]:>16.0f}x{f'> {least}x':>9}" if against else ""
        print(f"{name:<24}{value:>10.1f}{bar}{ratio}")
    print(f"Peak memory of one of our processes: {peak:.0f} MB")


if __name__ == "__main__":
    raise SystemExit(main())
