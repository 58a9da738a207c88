"""The pictures and links that documents show: of which kind a picture is, and whose program an address leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.documents import ASIDE, explaining, readme
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import IMAGES
from scaffolder.check.initial_render import initial_render
from scaffolder.check.readers.headings import folded, meaning, phrases
from scaffolder.check.readers.images import images
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import Link
from scaffolder.results.finding import Evidence

MOST_LINKS = 4_000

_WEB = re.compile(r"https?://", re.IGNORECASE)
_BADGE = re.compile(
    r"shields\.io|badge|/workflows/.*\.svg|contrib\.rocks|readme-stats|star-history|skillicons|colab-", re.IGNORECASE
)
_MADE_UP = re.compile(r"your[-_.]|example\.|[<\[]|localhost|127\.0|0\.0\.0\.0|xxx|/blogs?/", re.IGNORECASE)
_HOST = re.compile(  # at which many people's programs run, each below a name or path of its own
    r"https?://(?!www\.|(?:[\w-]{1,63}\.)?s3(?!-website)[.-])(?:[\w-]+\.)+(?:streamlit\.app|streamlitapp\.com|hf\.space|vercel\.app|netlify\.app|herokuapp\.com"
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


def pictures_of(repo: Repository, kind: str) -> Iterator[Evidence]:
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
        if is_picture and likely == kind and not ASIDE.search(path) and not given.has(path, repo.snapshot.data(path)):
            yield Evidence(f"a picture of the {kind}, by its name", path)


def runs(link: Link) -> bool:
    """Whether something of the author's runs at an address, as its host or its words say."""
    if link.image or not _WEB.match(link.target) or _MADE_UP.search(link.target) or _FILM.search(link.target):
        return False
    return bool(_HOST.match(link.target) or (not is_others(link) and _is_demo(link.text)))


def is_others(link: Link) -> bool:
    """Whether an address is one of those where nothing of the author's runs."""
    return bool(_OTHERS.match(link.target))
