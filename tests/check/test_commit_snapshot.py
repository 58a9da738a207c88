"""A commit is seen as a checkout of it would be, within bounds, and nothing in it is written or run."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Mapping
from hashlib import sha1
from pathlib import Path

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, commit_all, git, peak_memory

from scaffolder.check.commit_snapshot import repository_at
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.examine import check, examine
from scaffolder.errors import OutsideError, TargetError
from scaffolder.project import store
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render
from scaffolder.tree import File

FILE, LINK, TREE, MODULE = 0o100644, 0o120000, 0o40000, 0o160000


@pytest.fixture
def repo(tmp_path: Path) -> pygit2.Repository:
    return store.create(tmp_path / "a.git")


def written(repo: pygit2.Repository, kind: str, data: bytes) -> str:
    """A loose object with any content, without libgit2's checks."""
    whole = f"{kind} {len(data)}".encode() + b"\0" + data
    name = sha1(whole, usedforsecurity=False).hexdigest()
    file = Path(repo.path) / "objects" / name[:2] / name[2:]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(whole))
    return name


def tree(repo: pygit2.Repository, *entries: tuple[int, bytes, str]) -> str:
    lines = (b"%o %s\0" % (mode, name) + bytes.fromhex(oid) for mode, name, oid in entries)
    return written(repo, "tree", b"".join(lines))


def committed(repo: pygit2.Repository, tree: str, message: str = "x") -> str:
    who = "Ada <ada@example.org> 1 +0000"
    return written(repo, "commit", f"tree {tree}\nauthor {who}\ncommitter {who}\n\n{message}\n".encode())


def seen(repo: pygit2.Repository, *entries: tuple[int, bytes, str]) -> Snapshot:
    return repository_at(Path(repo.path), committed(repo, tree(repo, *entries))).snapshot


def test_a_check_of_a_commit_is_a_check_of_its_checkout(tmp_path: Path, repo: pygit2.Repository) -> None:
    template = catalog.bundled("classical-ml")
    made = render(template, complete(template, chosen({"author_name": "Mara", "github_owner": "mara"})))
    commit = store.commit(repo, store.write_tree(repo, made), [], "First")
    store.move(repo, store.MAIN, None, commit)
    git(Path(repo.path), "tag", "v1.0.0", commit)
    git(tmp_path, "clone", "-q", str(repo.path), "work")
    for place in (Path(repo.path), tmp_path / "work"):  # bare, and a work tree's
        found = examine(repository_at(place, commit), "work")
        there = check(tmp_path / "work")
        assert (found.findings, found.notes, found.level) == (there.findings, there.notes, there.level)
    assert repository_at(Path(repo.path), commit).snapshot.tags == ("v1.0.0",)
    assert {path for path, _ in made.items()} == set(repository_at(Path(repo.path), commit).snapshot.paths)


NAMES = st.sampled_from(["a", "b", "README.md", "venv", ".hidden", "ü", "x y", "-f", "a\nb", "docs"])
TARGETS = st.sampled_from(["a", "../a", "docs", "./README.md", "/etc/passwd", "../../x", "..", "loop"])


@settings(max_examples=30)
@given(
    files=st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=9), max_size=8),
    links=st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map("/".join), TARGETS, max_size=6),
)
def test_paths_and_bytes_are_those_of_a_folder(
    tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, bytes], links: Mapping[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("work")
    for path, content in {**files, **links}.items():
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.parent.resolve().is_relative_to(folder):
                continue
            place.symlink_to(content) if isinstance(content, str) else place.write_bytes(content)
        except OSError:
            continue  # a file stands where a folder would, or the other way round
    (folder / "some").touch()
    commit = git(commit_all(folder), "rev-parse", "HEAD")
    there, found = Snapshot.of_folder(folder), repository_at(folder, commit).snapshot
    assert found.paths == there.paths
    assert {path: found.data(path) for path in found.paths} == {path: there.data(path) for path in found.paths}
    assert {path: found.sha256(path) for path in found.paths} == {path: there.sha256(path) for path in found.paths}


def test_names_that_no_checkout_could_have_are_left_out(repo: pygit2.Repository) -> None:
    text, inner = written(repo, "blob", b"x"), tree(repo, (FILE, b"config", written(repo, "blob", b"x")))
    names = [b".", b"..", b"../../out", b"a/b", b"/etc/passwd", b".git", b".GIT", b"\xff\xfe", b"n" * 300]
    found = seen(repo, *((FILE, name, text) for name in names), (TREE, b"..", inner), (FILE, b"ok", text))
    assert found.paths == ("ok",)
    assert found.notes == ("Names that no checkout could have were not looked at.",)


def test_a_name_that_stands_twice_is_looked_at_once(repo: pygit2.Repository) -> None:
    text = written(repo, "blob", b"x")
    inner = tree(repo, (FILE, b"x", text))
    found = seen(
        repo, (TREE, b"a", inner), (TREE, b"a", inner), (FILE, b"a", text), (FILE, b"b", text), (FILE, b"b", text)
    )
    assert found.paths == ("a", "a/x", "b")


def test_submodules_and_folders_of_copies_are_not_looked_at(repo: pygit2.Repository) -> None:
    inner = tree(repo, (FILE, b"x", written(repo, "blob", b"x")))
    found = seen(repo, (MODULE, b"module", "1" * 40), (TREE, b"node_modules", inner), (TREE, b"src", inner))
    assert (found.paths, found.notes) == (("src/x",), ())


def test_what_is_not_there_or_broken_is_a_note(repo: pygit2.Repository) -> None:
    gone, broken = "1" * 40, written(repo, "tree", b"no tree at all")
    damaged = written(repo, "blob", b"as it was")
    file = Path(repo.path) / "objects" / damaged[:2] / damaged[2:]
    file.write_bytes(zlib.compress(b"blob 9\0as it is!"))
    found = seen(
        repo,
        (FILE, b"README.md", gone),
        (FILE, b"damaged", damaged),
        (TREE, b"broken", broken),
        (TREE, b"gone", gone),
        (FILE, b"no-blob", broken),
        (FILE, b"ok", written(repo, "blob", b"ok")),
    )
    assert found.text("ok") == "ok"
    assert [found.data(path) for path in ("README.md", "damaged", "no-blob")] == [None] * 3
    for part in (
        "broken could not be read",
        "gone could not be read",
        "README.md was not read",
        "damaged was not read",
    ):
        assert any(note.startswith(part) for note in found.notes)


def test_no_commit_is_one_sentence(tmp_path: Path, repo: pygit2.Repository) -> None:
    blob = written(repo, "blob", b"x")
    bare = Path(repo.path)
    (tmp_path / "empty").mkdir()
    for commit in ("1" * 40, "main", "", "zz", blob, "1" * 39, committed(repo, blob), committed(repo, "2" * 40), written(repo, "commit", b"nonsense"),
                   committed(repo, written(repo, "tree", b"broken")), committed(repo, tree(repo), "m" * 2_000_000)):  # fmt: skip
        with pytest.raises(OutsideError, match=r"^[^\n]+\.$"):
            repository_at(bare, commit)
    for place in (tmp_path / "empty", tmp_path / "absent"):
        with pytest.raises(TargetError, match="cannot be opened as a Git repository"):
            repository_at(place, blob)


def test_trees_without_end_are_bounded(repo: pygit2.Repository) -> None:
    text = written(repo, "blob", b"x")
    deep = wide = tree(repo, (FILE, b"deep", text))
    for _ in range(300):
        deep = tree(repo, (TREE, b"d", deep))
    for _ in range(12):
        wide = tree(repo, *((TREE, str(number).encode(), wide) for number in range(10)))  # 10^12 files
    found = seen(repo, (TREE, b"deep", deep), (FILE, b"near", text), (TREE, b"wide", wide))
    assert found.paths == ("near",)
    assert any("very large" in note for note in found.notes)


HUGE = """
import sys
from pathlib import Path
from support import peak_memory
from scaffolder.check.commit_snapshot import repository_at
from scaffolder.check.examine import examine
before = peak_memory()
repo = repository_at(Path(sys.argv[1]), sys.argv[2])
assert repo.snapshot.text("README.md") is None and repo.snapshot.sha256("README.md") is None
assert repo.snapshot.text("small.md") == "small"
print(peak_memory() - before)
print(*repo.snapshot.notes, sep="\\n")
"""


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_file_is_never_loaded(repo: pygit2.Repository, packed: bool) -> None:
    size = 300_000_000
    squeezed, digest = zlib.compressobj(1), sha1(usedforsecurity=False)
    file = Path(repo.path) / "objects" / "huge"
    with file.open("wb") as out:
        for part in (f"blob {size}\0".encode(), *([b"\0" * 10_000_000] * 30)):
            digest.update(part)
            out.write(squeezed.compress(part))
        out.write(squeezed.flush())
    name = digest.hexdigest()
    file.parent.joinpath(name[:2]).mkdir(exist_ok=True)
    file.rename(file.parent / name[:2] / name[2:])
    small = written(repo, "blob", b"small")
    commit = committed(repo, tree(repo, (FILE, b"README.md", name), (FILE, b"small.md", small)))
    if packed:
        git(Path(repo.path), "update-ref", "refs/heads/main", commit)
        git(Path(repo.path), "-c", "core.bigFileThreshold=1m", "repack", "-adq")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/tests"}
    done = subprocess.run(
        [sys.executable, "-c", HUGE, str(repo.path), commit],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    grown, *notes = done.stdout.splitlines()
    assert int(grown) < 60_000  # kB
    assert notes == [
        "README.md is larger than 1,000,000 bytes and was not read.",
        "README.md was not hashed: it is too large, or a link, or could not be read.",
    ]


def test_many_snapshots_do_not_pile_up(repo: pygit2.Repository) -> None:
    files = {f"{number}.md": File(os.urandom(50_000)) for number in range(20)}
    commit = store.commit(repo, store.write_tree(repo, files), [], "x")
    open_files = open_descriptors()
    for number in range(60):
        found = repository_at(Path(repo.path), commit).snapshot
        assert all(found.data(path) for path in found.paths)
        if number == 10:
            before = peak_memory()
    assert peak_memory() - before < 20_000  # kB; each read is 1,000
    assert open_descriptors() - open_files < 20


def open_descriptors() -> int:
    """How many files this process has open, as far as the system tells."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
