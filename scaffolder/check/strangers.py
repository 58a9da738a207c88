"""Things of a kind wherever they stand in a repository: headings by words, files by names, values, hosts and commands.

It reads the repository of a stranger, who declares nothing, and what a contract does not declare. It says only that
something of a kind is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile

from scaffolder.check.documents import explaining, model_card
from scaffolder.check.engine.repository import Repository
from scaffolder.check.initial_render import initial_render
from scaffolder.check.readers.diagrams import drawn
from scaffolder.check.readers.headings import meaning, phrases
from scaffolder.check.readers.markdown import Document, Part, Passage
from scaffolder.check.readers.markdown_blocks import Block, Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.markup import OUTPUT
from scaffolder.check.readers.metric_names import mentions
from scaffolder.check.shown import pictures_of, runs, shown
from scaffolder.check.template_words import words
from scaffolder.results.finding import Evidence

LEAST_WORDS = 8  # of a text: "**Docker**: containers" describes no deployment
MOST_BLOCKS = 12  # below a label
MOST_NOTEBOOKS = 40

SUBJECTS: Mapping[str, str] = {
    "problem": "problem",
    "architecture": "architecture",
    "data-source": "data",
    "deployment": "deployment",
    "error-analysis": "error analysis",
    "limitations": "limitations",
    "model-card": "model card",
}
"""The subject of the headings, as `headings.toml` names it, by item."""

_DRAWINGS = "mmd mermaid puml plantuml drawio excalidraw dot d2 vsdx".split()
_FILES: Mapping[str, tuple[str, ...]] = {
    "architecture": tuple(f"**/*.{ending}" for ending in _DRAWINGS),
    "data-source": ("**/*data[-_]card*", "**/*dataset*.md", "**/*datasheet*", "**/data_description*"),
    "data-schema": ("**/*data[-_]dictionary*", "**/*data_description*", "**/*dic[ct]ionar*dat*"),
    "deployment": (
        *("**/Procfile", "**/fly.toml", "**/render.yaml", "**/railway.*", "**/vercel.json", "**/netlify.toml"),
        *("**/app.yaml", "**/Chart.yaml", "**/*deployment*.y*ml", "**/k8s/*.y*ml", "**/kubernetes/**/*.y*ml"),
        *("**/terraform/**/*.tf", "**/infra/**/*.tf", ".github/workflows/*deploy*", ".github/workflows/cd*.y*ml"),
    ),
    "model-card": ("**/*model*card*", "**/model_cards/*"),
    "dockerfile": ("**/Dockerfile*", "**/*Dockerfile", "**/Containerfile"),
    "ci": (
        *(".gitlab-ci.y*ml", ".circleci/config.y*ml", "azure-pipelines*.y*ml", "Jenkinsfile", ".travis.yml"),
        *("bitbucket-pipelines.yml", ".drone.yml", "cloudbuild.y*ml", "buildspec.y*ml"),
    ),
    "tests": (
        *("**/*.test.[jt]s*", "**/*.spec.[jt]s*", "**/*_test.go", "**/__tests__/**/*.[jt]s*"),
        *("**/src/test/**/*.java", "**/*_spec.rb", "**/tests/testthat/*.R"),
    ),
}
_LABEL = re.compile(r"(?:\*\*|__)[^*_\n]{2,60}(?:\*\*|__)|[^\W\d_][\w ’'/&-]{1,40}(?:[:：](?=\s)|(?=\n|\Z))")
_NO_TITLE = re.compile(r"[\[`/$]|.*/\Z|.*\.(?:py|js|ts|sql|ya?ml|json|csv|ipynb|toml)\W*\Z")  # a setting or a file

_DATA = re.compile(
    r"https?://(?:[\w-]+\.)*(?:kaggle\.com/(?:datasets|c|competitions)/|archive\.ics\.uci\.edu/|huggingface\.co/datasets/"
    r"|zenodo\.org/record|data\.gov/|physionet\.org/content/|openml\.org/d/|figshare\.com/articles/dataset)[\w./-]{0,99}",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"docker[- ]compose\b.{0,60}? up\b|(?:docker|podman) (?:run|build)\b|docker (?:image|buildx) build\b"
    r"|\b(?:kubectl|terraform) apply\b|\bhelm (?:install|upgrade)\b|\bgcloud (?:run|app|functions) deploy\b"
    r"|\baz webapp up\b|\b(?:fly|flyctl) (?:deploy|launch)\b|\beb (?:deploy|create)\b|\bgit push heroku\b"
    r"|\b(?:serverless|sls|cdk|sam|modal|vercel|bentoml) deploy\b|\bheroku create\b|\bvercel --prod\b|\brailway up\b"
    r"|\bdatabricks (?:bundle|apps)\b|\bbentoml containerize\b"
)
MOST_FILES = 40
MOST_CHARACTERS = 4_000  # of one paragraph or file in which values are looked for

_STOP = re.compile(r"[.;!?](?:\s|\Z)")
_VALUE = re.compile(r"(?<![\d.,])\d{1,9}(?:[.,]\d{1,9}|\s?%)")
_GOAL = re.compile(
    r"cache|warning|target|goal|at least|threshold|required|minimum|recommend|expected|random|guess|>|≥|aim"
    r"|\b(?:weights?|peso|gewicht|poids)\b|schwellenwert|umbral|limiar|seuil|hedef|recomend|empfohlen|esperado",
    re.IGNORECASE,
)
_RESULTS = tuple(
    f"**/*{word}*.{ending}"
    for word in ("metric", "result", "score", "eval", "experiment", "benchmark", "metadata")
    for ending in ("json", "csv", "txt")
)


def matches(repo: Repository, item: str) -> Iterator[tuple[Evidence, Passage | None]]:
    """The places of what an item asks for, the surest first, each with the text if it is one."""
    for place in _FINDERS[item](repo) if item in _FINDERS else ():
        yield place, None
    yield from _texts(repo, SUBJECTS[item]) if item in SUBJECTS else ()
    for path in repo.snapshot.glob(*_FILES[item]) if item in _FILES else ():
        yield Evidence("known by its name alone; it was not read", path), None


def _texts(repo: Repository, subject: str) -> Iterator[tuple[Evidence, Passage]]:
    """The pages, sections and labelled paragraphs that a name, a heading or a label says to be about a subject."""
    for page in explaining(repo):
        names = (subject, "goal") if subject == "problem" and "/" not in page.path else (subject,)
        known = phrases(*names)
        name, _, ending = page.path.rpartition("/")[2].rpartition(".")
        how = meaning(name, known)
        if how and how.part < 2 and ending != "ipynb":
            yield Evidence("a page with such a name", page.path), page
        for section in page.titled(*names):
            if not _NO_TITLE.match(section.title[:200]):
                yield Evidence(f"under “{section.title[:60]}”", page.path, section.line), section
        for label, part in _labelled(page) if subject != "problem" or "/" not in page.path else ():
            how = meaning(label, phrases(subject))
            if how and not how.part:
                yield Evidence(f"after “{label}”", page.path, part.blocks[0].line), part


def _labelled(page: Document) -> Iterator[tuple[str, Part]]:
    """The labels that begin an item or a paragraph, each with that item, or what follows up to the next heading."""
    for at, block in enumerate(page.blocks):
        if label := _LABEL.match(block.text) if block.kind in ("paragraph", "item") else None:
            is_alone = len(label[0]) + 2 > len(block.text.strip())
            most = MOST_BLOCKS if is_alone or block.kind == "paragraph" else 1
            part = Part(page, takewhile(lambda inside: inside.kind != "heading", page.blocks[at : at + most]))
            if sum(len(words(plain(inside.text))) for inside in part.blocks) >= LEAST_WORDS + len(words(label[0])):
                yield label[0].strip("*_:： \n"), part


def _running(repo: Repository) -> Iterator[Evidence]:
    for found in shown(repo):
        if runs(found.link) and not initial_render(repo).says(found.link.target):
            yield found.says(f"{found.link.target[:120]} (not opened)")


def _diagrams(repo: Repository) -> Iterator[Evidence]:
    for page in explaining(repo):
        yield from (Evidence(how, page.path, fence.line) for fence in page.fences if (how := drawn(fence)))
    yield from pictures_of(repo, "diagram")


def _demos(repo: Repository) -> Iterator[Evidence]:
    yield from pictures_of(repo, "product")
    yield from _running(repo)


def _charts(repo: Repository) -> Iterator[Evidence]:
    yield from pictures_of(repo, "chart")
    for path in repo.snapshot.first(repo.snapshot.glob("**/*.ipynb"), MOST_NOTEBOOKS, "notebooks"):
        if '"image/png"' in (repo.snapshot.text(path) or ""):
            yield Evidence("a notebook with pictures in its output", path)


def _deployments(repo: Repository) -> Iterator[Evidence]:
    yield from _running(repo)
    yield from _having(repo, _COMMAND)


def _having(repo: Repository, sought: re.Pattern[str]) -> Iterator[Evidence]:
    """The first place in each block of a document, also of code, that has what is sought."""
    for page in explaining(repo):
        for block in page.blocks:
            if (match := sought.search(block.text)) and not initial_render(repo).says(match[0]):
                yield Evidence(f"has `{match[0]}`", page.path, block.line)


def _columns(repo: Repository) -> Iterator[Evidence]:
    """The tables whose first column is titled like "column"."""
    known = phrases("columns")
    for page in explaining(repo):
        for table in page.tables:
            title = plain(table.header[0])[:60] if table.header else ""
            if len(table.rows) > 2 and meaning(title, known):
                yield Evidence(f"a table whose first column is titled “{title}”", page.path, table.line)


def _values_of_metrics(repo: Repository) -> Iterator[Evidence]:
    """The places that give values of metrics: tables, files, sentences and what notebooks printed."""
    for page in explaining(repo):
        for block in page.blocks:
            if block.table and not block.measured and (name := _of_table(block.table)):
                yield Evidence(f"a table with values of {name}", page.path, block.line)
    for path in repo.snapshot.first(repo.snapshot.glob(*_RESULTS), MOST_FILES, "files of results"):
        lines = (repo.snapshot.text(path) or "")[:MOST_CHARACTERS].split("\n")
        header, *rows = (tuple(line.split(",")) for line in lines)
        of_columns = _of_table(Table(header, tuple(rows), 1, ())) if path.endswith(".csv") else ""
        if name := of_columns or next(filter(None, map(_of_line, lines)), ""):
            yield Evidence(f"has values of {name}", path)
    card = model_card(repo)
    for page in explaining(repo):
        is_front = page is card or "readme" in page.path.lower()
        results = page if is_front else page.section("results")
        told = page.blocks if page.path.endswith(".ipynb") else results.blocks if results else ()
        yield from (place for block in told for place in _in_words(page, block))


def _in_words(page: Document, block: Block) -> Iterator[Evidence]:
    is_said = block.info == OUTPUT or (block.kind in ("paragraph", "item") and not block.measured)
    for at, line in enumerate(plain(block.text[:MOST_CHARACTERS]).split("\n")):
        if is_said and (name := _of_line(line)):
            yield Evidence(f"a value of {name}: “{' '.join(line.split())[:80]}”", page.path, block.line + at)


def _metric(text: str) -> str:
    """The metric that a short text names; "" if it names none."""
    return next((mention.metric for mention in mentions(plain(text)[:80])), "")


def _of_table(table: Table) -> str:
    """The first metric that a table gives a value of, by the title of a column or a first cell; no goals."""
    for row in table.rows[:200]:
        valued = [
            title
            for title, cell in zip(table.header, row, strict=False)
            if _VALUE.search(plain(cell)[:80]) and not _GOAL.search(f"{title} {cell}")
        ]
        named = map(_metric, valued)
        if name := next(filter(None, named), "") or (_metric(row[0]) if valued else ""):
            return name
    return ""


def _of_line(line: str) -> str:
    """The metric whose name and value stand close together in a line, unless the value is a goal."""
    for mention in mentions(line[:MOST_CHARACTERS]):
        before = line[max(0, mention.start - 40) : mention.start]
        after = _STOP.split(line[mention.end : mention.end + 40])[0]
        value = _VALUE.search(after) or _VALUE.search(before[-12:])
        if value and not _GOAL.search(f"{before} {after}"):
            return mention.metric
    return ""


_FINDERS: Mapping[str, Callable[[Repository], Iterator[Evidence]]] = {
    "architecture": _diagrams,
    "data-source": lambda repo: _having(repo, _DATA),
    "data-schema": _columns,
    "deployment": _deployments,
    "demo": _demos,
    "evaluation-metrics": _values_of_metrics,
    "figures": _charts,
}
