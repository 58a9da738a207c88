"""The values that pass between reading, indexing and retrieval."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Metadata = Mapping[str, str]


@dataclass(frozen=True)
class Span:
    """Half-open character offsets in `Document.text`."""

    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """One source file as text.

    `id` is the path below the corpus folder without its suffix, in POSIX form, such as `topics/with`.
    `digest` is the SHA-256 of the file's bytes, in hex, where anybody asks for it.
    """

    id: str
    title: str
    text: str
    digest: str = ""
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class Chunk:
    """A passage of one document: `text == document.text[span.start:span.end]`.

    `section` is the path of headings above it, outermost first. `sentences` are spans in the document too,
    in order, each inside `span`.
    """

    id: str
    document: str
    title: str
    section: tuple[str, ...]
    span: Span
    text: str
    sentences: tuple[Span, ...]
    metadata: Metadata = field(default_factory=dict)

    def sentence_texts(self) -> list[str]:
        """The sentences as strings."""
        return [self.text[one.start - self.span.start : one.end - self.span.start] for one in self.sentences]
