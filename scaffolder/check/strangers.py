"""Things of a kind wherever they stand in a repository: headings by words, files by names, values, hosts and commands.

It reads the repository of a stranger, who declares nothing, and what a contract does not declare. It says only that
something of a kind is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from typing import NamedTuple

from scaffolder.check.documents import documents, model_card, readme
from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import IMAGES
from scaffolder.check.initial_render import initial_render
from scaffolder.check.readers.diagrams import drawn
from scaffolder.check.readers.headings import folded, meaning, phrases
from scaffolder.check.readers.images import images
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document, Passage
from scaffolder.check.readers.markdown_blocks import Block, Table
from scaffolder.check.readers.markdown_inline import Link, plain
from scaffolder.check.readers.markup import OUTPUT
from scaffolder.check.readers.metric_names import mentions
from scaffolder.check.readers.parts import Part
from scaffolder.check.template_words import words

LEAST_WORDS = 8  # of a text: "**Docker**: containers" describes no deployment
MOST_BLOCKS = 12  # below a label
MOST_FILES, MOST_LINKS = 40, 4_000
MOST_CHARACTERS = 4_000  # of one paragraph or file in which values are looked for

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
_ASIDE = re.compile(
    r"(?:^|/)(?:prompts?|templates?|fixtures?|tests?|vendor|third_party|[\w-]*(?:adrs?|rfcs?|decisions)|\.[^/]+)/"
    r"|(?:^|/|[_-])(?:licen[cs]e|change|release_?notes|log|todo|history)[^/]*$"
    r"|(?:^|/)(?:claude|agents|gemini|code_of_conduct)\.md$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:\*\*|__)[^*_\n]{2,60}(?:\*\*|__)|[^\W\d_][\w ’'/&-]{1,40}(?:[:：](?=\s)|(?=\n|\Z))")
_NO_TITLE = re.compile(r"[\[`/$]|.*/\Z|.*\.(?:py|js|ts|sql|ya?ml|json|csv|ipynb|toml)\W*\Z")  # a setting or a file

_WEB = re.compile(r"https?://", re.IGNORECASE)
_BADGE = re.compile(
    r"shields\.io|badge|/workflows/.*\.svg|contrib\.rocks|readme-stats|star-history|skillicons|colab-", re.IGNORECASE
)
_MADE_UP = re.compile(r"your[-_.]|example\.|[<\[]|localhost|127\.0|0\.0\.0\.0|xxx", re.IGNORECASE)
_HOST = re.compile(  # at which many people's programs run, each below a name or path of its own
    r"https?://(?!www\.)(?:[\w-]+\.)+(?:streamlit\.app|streamlitapp\.com|hf\.space|vercel\.app|netlify\.app|herokuapp\.com"
    r"|onrender\.com|fly\.dev|railway\.app|web\.app|firebaseapp\.com|run\.app|azurewebsites\.net|azurecontainerapps\.io"
    r"|pages\.dev|workers\.dev|shinyapps\.io|pythonanywhere\.com|replit\.app|surge\.sh|amazonaws\.com|cloudfront\.net"
    r"|lovable\.app)(?:[/:?#]|\Z)"
    r"|https?://(?:share\.streamlit\.io|huggingface\.co/spaces|app\.powerbi\.com/view|public\.tableau\.com)[/?]\w",
    re.IGNORECASE,
)
_OTHERS = re.compile(  # of whom a link tells, but where nothing of the author's runs
    r"https?://(?:[\w-]+\.)*(?:github\.com|githubusercontent\.com|gitlab\.com|colab\.research\.google\.com|kaggle\.com"
    r"|medium\.com|towardsdatascience\.com|linkedin\.com|arxiv\.org|google\.com|huggingface\.co|dev\.to|x\.com"
    r"|twitter\.com|wikipedia\.org|readthedocs\.io|streamlit\.io|streamlit\.app|gradio\.app|railway\.app|vercel\.com"
    r"|render\.com)(?:/|\Z)",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"https?://(?:[\w-]+\.)*(?:kaggle\.com/(?:datasets|c|competitions)/|archive\.ics\.uci\.edu/|huggingface\.co/datasets/"
    r"|zenodo\.org/record|data\.gov/|physionet\.org/content/|openml\.org/d/|figshare\.com/articles/dataset)",
    re.IGNORECASE,
)
_FILM = re.compile(
    r"\.(?:mp4|mov|webm|gif)(?:$|\?)|://(?:www\.)?(?:youtube\.com/watch|youtu\.be/|vimeo\.com/|loom\.com/share)",
    re.IGNORECASE,
)
_HEADED = {"product": "demo", "diagram": "architecture", "chart": "results"}  # the subject of a picture's heading
_KINDS = {  # of pictures, by a word of their name or description; the first that has one decides
    "decoration": r"badges?|logos?|banner|header|icons?|avatar|cover|divider|visitors|stars|license|sponsor",
    "diagram": r"archi\w*|diagram\w*|flow\w*|workflow|pipeline|dataflow|uml|sequence|dag|topology|infrastructure|erd|c4"
    r"|schem\w+|arquitet\w+|arquitec\w+|fluxo|flujo|esquema|ablauf|systemarchitektur|datenfluss",
    "product": r"screen\w*|demo|app|ui|gui|interface|dashboards?|home ?page|landing|frontend|web ?app|streamlit|gradio"
    r"|preview|chat\w*|swagger|api docs|login|in action|oberflache|startseite|tela|captura|pantalla|interfaz|ecran"
    r"|tangkapan|ekran|скриншот\w*|截 图|界 面|ス ク リ ー ン シ ョ ッ ト|画 面|스크린샷|화면",
    "chart": r"confusion|matri\w+|roc|auc|curves?|plots?|charts?|graph\w*|histogram|distribution|correlation|heatmap"
    r"|importance|shap|loss|accuracy|metrics|results?|residuals?|calibration|scatter|boxplot|eda|comparison|lift|tsne|umap"
    r"|pca|visuali[sz]ations?|verteilung|korrelation|grafic\w+|distribuicao|distribucion|correla\w+|courbe|graphique",
}
_KIND = {kind: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for kind, words in _KINDS.items()}
_COMMAND = re.compile(
    r"docker[- ]compose\b.{0,60}? up\b|(?:docker|podman) (?:run|build)\b|docker (?:image|buildx) build\b"
    r"|\b(?:kubectl|terraform) apply\b|\bhelm (?:install|upgrade)\b|\bgcloud (?:run|app|functions) deploy\b"
    r"|\baz webapp up\b|\b(?:fly|flyctl) (?:deploy|launch)\b|\beb (?:deploy|create)\b|\bgit push heroku\b"
    r"|\b(?:serverless|sls|cdk|sam|modal|vercel|bentoml) deploy\b|\bheroku create\b|\bvercel --prod\b|\brailway up\b"
    r"|\bdatabricks (?:bundle|apps)\b|\bbentoml containerize\b"
)
_STOP = re.compile(r"[.;!?](?:\s|\Z)")
_VALUE = re.compile(r"(?<![\d.,])\d{1,9}(?:[.,]\d{1,9}|\s?%)")
_GOAL = re.compile(
    r"cache|target|goal|at least|threshold|required|minimum|recommend|expected|random|guess|>|≥|aim"
    r"|\b(?:weights?|peso|gewicht|poids)\b|schwellenwert|umbral|limiar|seuil|hedef|recomend|empfohlen|esperado",
    re.IGNORECASE,
)
_METRICS = {  # too common as words to be looked for where numbers are compared
    name: name
    for name in (
        *("map50", "map", "iou", "miou", "dice", "mcc", "kappa", "wer", "cer", "silhouette", "wape", "smape", "rmsle"),
        *("groundedness", "win rate", "pass rate", "genauigkeit", "acurácia", "precisão", "exactitud", "exactitude"),
        *("précision", "rappel", "准确率", "正解率", "정확도", "точность", "akurasi", "doğruluk"),
    )
}
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
        yield Evidence("by its name; it was not read", path), None


@fact
def explaining(repo: Repository) -> tuple[Document, ...]:
    """The documents that explain the project: without prompts, fixtures, logs and records of decisions."""
    return tuple(page for page in documents(repo) if not _ASIDE.search(page.path))


def _texts(repo: Repository, subject: str) -> Iterator[tuple[Evidence, Passage]]:
    """The pages, sections and labelled paragraphs that a name, a heading or a label says to be about a subject."""
    for page in explaining(repo):
        names = (subject, "goal") if subject == "problem" and "/" not in page.path else (subject,)
        known = phrases(*names)
        name, _, ending = page.path.rpartition("/")[2].rpartition(".")
        how = meaning(name, known)
        if how and how.part < 2 and ending != "ipynb":
            yield Evidence("a page of that name", page.path), page
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


class Shown(NamedTuple):
    """A picture or a link of a document, the headings that it stands under and, of a file, its path."""

    page: Document
    link: Link
    headings: tuple[str, ...]  # from the outermost one inwards, without the title of the document
    path: str  # "" if it is a web address
    is_first: bool  # whether it stands at the top of the README

    @property
    def kind(self) -> str:
        """The kind of a picture or film by its name, else by its description, its headings or its place.

        It is "" for a link that shows none, and for a picture of which nothing tells a kind.
        """
        said = (kind for title in self.headings[::-1] for kind in _HEADED if meaning(title, phrases(_HEADED[kind])))
        by_heading = next(said, "")
        is_film = bool(_FILM.search(self.link.target))
        if not self.link.image and not (
            is_film and (by_heading == "product" or _is_demo(self.link.text) or _WEB.match(self.link.text))
        ):
            return ""
        name = self.link.target.rpartition("/")[2].partition("?")[0].rpartition(".")[0].replace("%20", " ")
        by_itself = kind_of(name) or kind_of(self.link.text)
        return by_itself or by_heading or ("product" if is_film or self.is_first else "")

    def says(self, text: str) -> Evidence:
        """Evidence at its place."""
        return Evidence(text, self.page.path, self.link.line)


def _is_demo(title: str) -> bool:
    return meaning(title, phrases("demo")) is not None


def kind_of(name: str) -> str:
    """The kind of a picture by a word in its name: "diagram", "product", "chart", "decoration" or ""."""
    words = " ".join(folded(name))
    return next((kind for kind, known in _KIND.items() if known.search(words)), "")


@fact
def shown(repo: Repository) -> tuple[Shown, ...]:
    """The links and pictures of the documents, without badges."""
    first = readme(repo)
    found: list[Shown] = []
    for page in explaining(repo):
        paths = {id(link): path for link, path in files(page.links, page.path)}
        for link in page.links:
            if not _BADGE.search(link.target):
                around = [section for section in page.sections[1:] if section.line <= link.line <= section.end]
                titles = tuple(section.title for section in around)
                found.append(Shown(page, link, titles, paths.get(id(link), ""), page is first and not titles))
    return repo.snapshot.first(tuple(found), MOST_LINKS, "links")


def _pictures(repo: Repository, kind: str) -> Iterator[Evidence]:
    """The pictures and films of a kind that documents show, then those that lie there and have such a name."""
    given = initial_render(repo)
    for found in shown(repo):
        path = found.path
        is_there = not path or not (images(repo)(path).problem or given.has(path, repo.snapshot.data(path)))
        if found.kind == kind and is_there:
            yield found.says(f"{path or found.link.target[:120]}: a picture of the {kind}, by its name or place")
    for path in repo.snapshot.paths:
        folder, _, name = path.rpartition("/")
        ending = f".{name.rpartition('.')[2].lower()}"
        of_names = {kind_of(name.rpartition(".")[0]), kind_of(folder.rpartition("/")[2])}
        likely = next((each for each in ("decoration", "chart", "diagram", "product") if each in of_names), "")
        is_picture = ending in IMAGES or _FILM.search(ending)
        if is_picture and likely == kind and not _ASIDE.search(path) and not given.has(path, repo.snapshot.data(path)):
            yield Evidence(f"a picture of the {kind}, by its name", path)


def runs(link: Link) -> bool:
    """Whether something of the author's runs at an address, as its host or its words say."""
    if link.image or not _WEB.match(link.target) or _MADE_UP.search(link.target) or _FILM.search(link.target):
        return False
    return bool(_HOST.match(link.target) or (not is_others(link) and _is_demo(link.text)))


def is_others(link: Link) -> bool:
    """Whether an address is one of those where nothing of the author's runs."""
    return bool(_OTHERS.match(link.target))


def _linked(repo: Repository, is_wanted: Callable[[Link], object]) -> Iterator[Evidence]:
    for found in shown(repo):
        if is_wanted(found.link) and not initial_render(repo).says(found.link.target):
            yield found.says(f"{found.link.target[:120]} (not asked)")


def _diagrams(repo: Repository) -> Iterator[Evidence]:
    for page in explaining(repo):
        yield from (Evidence(how, page.path, fence.line) for fence in page.fences if (how := drawn(fence)))
    yield from _pictures(repo, "diagram")


def _demos(repo: Repository) -> Iterator[Evidence]:
    yield from _pictures(repo, "product")
    yield from _linked(repo, runs)


def _charts(repo: Repository) -> Iterator[Evidence]:
    yield from _pictures(repo, "chart")
    for path in repo.snapshot.first(repo.snapshot.glob("**/*.ipynb"), MOST_FILES, "notebooks"):
        if '"image/png"' in (repo.snapshot.text(path) or ""):
            yield Evidence("a notebook with pictures in its output", path)


def _deployments(repo: Repository) -> Iterator[Evidence]:
    yield from _linked(repo, runs)
    for page in explaining(repo):
        for block in page.blocks:
            if command := _COMMAND.search(block.text):
                yield Evidence(f"has the command `{command[0]}`", page.path, block.line)


def _columns(repo: Repository) -> Iterator[Evidence]:
    """The tables whose first column is titled like "column"."""
    known = phrases("columns")
    for page in explaining(repo):
        for table in page.tables:
            title = plain(table.header[0])[:60] if table.header else ""
            if len(table.rows) > 2 and meaning(title, known):
                yield Evidence(f"a table whose first column is titled “{title}”", page.path, table.line)


def _measured(repo: Repository) -> Iterator[Evidence]:
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
    return next((mention.metric for mention in mentions(plain(text)[:80], _METRICS)), "")


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
    for mention in mentions(line[:MOST_CHARACTERS], _METRICS):
        before = line[max(0, mention.start - 40) : mention.start]
        after = _STOP.split(line[mention.end : mention.end + 40])[0]
        value = _VALUE.search(after) or _VALUE.search(before[-12:])
        if value and not _GOAL.search(f"{before} {after}"):
            return mention.metric
    return ""


_FINDERS: Mapping[str, Callable[[Repository], Iterator[Evidence]]] = {
    "architecture": _diagrams,
    "data-source": lambda repo: _linked(repo, lambda link: _DATA.match(link.target)),
    "data-schema": _columns,
    "deployment": _deployments,
    "demo": _demos,
    "evaluation-metrics": _measured,
    "figures": _charts,
}
