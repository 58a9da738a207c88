"""Turn the topics that `pydoc` prints, reST that Sphinx rendered as text, into Markdown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

# Literals that contain quotes: no rule can tell them from two literals.
UNTANGLED = {
    '"r"\\"""': '`r"\\""`',
    '"r"\\""': '`r"\\"`',
    'a ""variable-length" built-in type"': "a variable-length built-in type",
    '"\\"<newline>': "`\\<newline>`",
    "*O*(*n*^2)": "`O(n^2)`",
}
LITERAL = re.compile(r"""(?<![\w"`])"("(?="[).,])|(?:[^"]|"[^"]*")+?)"(?![\w"])""")
SIGNATURE = re.compile(
    r"(?:(?:class|static|classmethod) )?[\w.]+(?:\(.*\))?|(?:del )?d\[key\](?: = value)?"
    r"|(?:key|x)(?: not)? in \w+|d \|=? other"
)
GRAMMAR_NOTICE = re.compile(r"(?:^|(?<=\. ))[^.]*\b(?:grammar|lexical definitions|general form|[Ss]yntax)\b[^.]*:$")
ITEM = re.compile(r"(?:[*-]|\d+\.|[a-z]\)) +")
ADMONITION = re.compile(r"(Note|Warning|Important|See also):$")
UNDERLINE = re.compile(r"([*=~-])\1{2,}$")
STRAIGHT = str.maketrans(dict(zip("“”‘’…\u00a0", ['"', '"', "'", "'", "...", " "], strict=True)))
RANKS = {"*": 1, "=": 2, "-": 3, "~": 4}
Lines = list[str]


def convert_topic(lines: Lines, level: int) -> str:
    """Markdown of a topic, with its highest headings at `level`.

    Grammar productions, footnotes and references to other pages are left out.
    """
    text = "\n".join(lines).partition("\n-[ Footnotes ]-")[0]
    lines = text.splitlines()
    ranks = [RANKS[under[0]] for line, under in itertools.pairwise(lines) if line and UNDERLINE.match(under)]
    return "\n\n".join(Topic(level, shift=level - min(ranks, default=0)).blocks(lines))


class Topic:
    """Sphinx's text output, where indentation separates the blocks."""

    def __init__(self, level: int, shift: int = 0, parameters: set[str] | None = None) -> None:
        self.level = level - 1
        self.shift = shift
        self.parameters = parameters or set()

    def blocks(self, lines: Lines) -> list[str]:
        done: list[str] = []
        while lines:
            if not lines[0].strip():
                lines = lines[1:]
                continue
            rule = next(rule for matches, rule in self.rules() if matches(lines))
            lines = rule(lines, done)
        return [block for block in done if block]

    def rules(self) -> Iterator[tuple[Callable[[Lines], object], Callable[[Lines, list[str]], Lines]]]:
        yield lambda lines: len(lines) > 1 and UNDERLINE.match(lines[1]), self.heading
        yield lambda lines: lines[0].startswith("+-"), self.table
        yield lambda lines: lines[0].startswith(">>> "), self.doctest
        yield lambda lines: lines[0].startswith("See also: "), self.skip
        yield lambda lines: lines[0].startswith(" "), self.literal
        yield lambda lines: ADMONITION.match(lines[0]), self.admonition
        yield lambda lines: ITEM.match(lines[0]), self.item
        yield lambda lines: self.signature_lines(lines), self.definition
        yield lambda lines: len(lines) > 1 and lines[1].startswith("   "), self.term
        yield bool, self.paragraph

    def heading(self, lines: Lines, done: list[str]) -> Lines:
        self.level = RANKS[lines[1][0]] + self.shift
        done.append(f"{'#' * self.level} {prose_markup(plain(lines[0]), set())}")
        return lines[2:]

    def table(self, lines: Lines, done: list[str]) -> Lines:
        end = next((i for i, line in enumerate(lines) if not line.startswith(("+", "|"))), len(lines))
        rows: list[list[str]] = [[]]
        for line in lines[:end]:
            if line.startswith(("+", "|=")):
                rows.append([])
            else:
                cells = [cell.strip() for cell in re.split(r" \| |^\| | \|$", line)[1:-1]]
                rows[-1] = [f"{a} {b}".strip() for a, b in zip(rows[-1] or [""] * len(cells), cells, strict=True)]
        done.append(pipe_table([[self.inline(unwrap([cell])) for cell in row] for row in rows if row]))
        return lines[end:]

    def doctest(self, lines: Lines, done: list[str]) -> Lines:
        end = blank(lines)
        while end + 1 < len(lines) and lines[end + 1].startswith(">>>"):
            end = blank(lines, end + 1)
        done.append(code(lines[:end]))
        return lines[end:]

    def skip(self, lines: Lines, _done: list[str]) -> Lines:
        return lines[blank(lines) :]

    def literal(self, lines: Lines, done: list[str]) -> Lines:
        body, rest = indented(lines)
        if "::=" in body[0]:
            if done and done[-1].endswith(":"):
                done[-1] = re.sub(":$", ".", GRAMMAR_NOTICE.sub("", done[-1]).strip())
        elif body[0].startswith("+-") or re.match(r'"[^"]+" (?:implies|and) "', body[0]):
            done.extend(self.blocks(body))
        else:
            done.append(code(body))
        return rest

    def admonition(self, lines: Lines, done: list[str]) -> Lines:
        body, rest = indented(lines[1:])
        if lines[0] != "See also:":
            blocks = self.blocks(body)
            done.extend([f"{lines[0]} {blocks[0]}", *blocks[1:]])
        return rest

    def item(self, lines: Lines, done: list[str]) -> Lines:
        mark = ITEM.match(lines[0]).group()  # type: ignore[union-attr]
        end = blank(lines)
        text = re.sub(r"^(\w+) {2,}(?=[a-z])", r"`\1`: ", lines[0][len(mark) :])
        first = [" " * len(mark) + line.strip() for line in [text, *takewhile_indented(lines[1:end])]]
        body, rest = indented([*first, *lines[len(first) :]])
        add_item(done, mark if mark[0].isdigit() else "- ", self.blocks(body))
        return rest

    def signature_lines(self, lines: Lines) -> Lines:
        end = blank(lines)
        body = next((line for line in lines[end:] if line.strip()), "")
        return lines[:end] if body.startswith("   ") and all(map(SIGNATURE.fullmatch, lines[:end])) else []

    def definition(self, lines: Lines, done: list[str]) -> Lines:
        """A signature and its description: a section, or a list item if it is inside another one."""
        signatures = self.signature_lines(lines)
        body, rest = indented(lines[len(signatures) :])
        names = self.parameters | set(re.findall(r"\w+", " ".join(signatures)))
        blocks = Definition(self.level + 1, self.shift, names).blocks(body)
        self.add_definition(done, signature_heading(signatures), blocks)
        return rest

    def add_definition(self, done: list[str], heading: str, blocks: list[str]) -> None:
        done.extend([f"{'#' * (self.level + 1)} {heading}", *blocks])

    def term(self, lines: Lines, done: list[str]) -> Lines:
        body, rest = indented(lines[1:])
        blocks = self.blocks(body)
        done.append("\n\n".join([f"{self.inline(lines[0]).rstrip(':')}: {blocks[0]}", *blocks[1:]]))
        return rest

    def paragraph(self, lines: Lines, done: list[str]) -> Lines:
        end = next((i for i, line in enumerate(lines) if not line or line.startswith("   ")), len(lines))
        done.append(self.inline(unwrap(lines[:end])))
        return lines[end:]

    def inline(self, text: str) -> str:
        text = re.sub(r"\. \[\d+\]\.", ".", text)
        text = re.sub(r"^\(See section [^()]*\)$| \(see (?:also )?(?:section|chapter) [^()]*\)", "", text)
        text = re.sub(r" \[\d+\](?=[\s.,)]|$)", "", text)
        for tangled, markdown in UNTANGLED.items():
            text = text.replace(tangled, markdown)
        text = LITERAL.sub(lambda match: f"`{match[1]}`", text)
        text = outside_code(text, lambda prose: prose_markup(prose, self.parameters))
        return outside_code(text, lambda prose: re.sub(r"(^|(?<=[a-z)]))\.(?=[A-Z][a-z]* )", ". ", prose))


class Definition(Topic):
    """The description of a signature."""

    def add_definition(self, done: list[str], heading: str, blocks: list[str]) -> None:
        add_item(done, "- ", [f"{heading}: {blocks[0]}", *blocks[1:]])


def indented(lines: Lines) -> tuple[Lines, Lines]:
    """The leading lines that are indented, without their indentation, and the rest."""
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    end = next(
        (i for i, line in enumerate(lines) if i > first and line.strip() and not line.startswith(" ")), len(lines)
    )
    body = lines[first:end]
    width = len(body[0]) - len(body[0].lstrip())
    stop = next(
        (i for i, line in enumerate(body) if line.strip() and len(line) - len(line.lstrip()) < width), len(body)
    )
    body, rest = body[:stop], body[stop:] + lines[end:]
    while body and not body[-1].strip():
        body.pop()
    return [line[width:] for line in body], rest


def unwrap(lines: Lines) -> str:
    """Join the lines into one, and words that were broken at a hyphen."""
    text = "\n".join(line.strip() for line in lines)
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w-)\n(?=[a-z])", "", text))


def prose_markup(text: str, parameters: set[str]) -> str:
    """Remove emphasis, set parameters and dunder names as code, straighten quotation marks."""

    def emphasis(match: re.Match[str]) -> str:
        word = match[1]
        is_code = word in parameters or re.fullmatch(r"[a-z]|[a-z]{1,2}[\dN]|\w*_\w*", word)
        return f"`{word}`" if is_code else word

    text = re.sub(r"(?<![\w*])\*\*([^*`]+)\*\*", r"\1", text)
    text = re.sub(r"(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?!\*)", emphasis, text)
    text = outside_code(text, lambda prose: re.sub(r"(?<![\w`*])[\w.]*__\w+__(?:\(\))?", r"`\g<0>`", prose))
    return text.translate(STRAIGHT)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if part.startswith("`") else change(part) for part in re.split(r"(`[^`]+`)", text))


def plain(text: str) -> str:
    return text.replace('"', "").replace("*", "").replace("’", "'").strip()


def signature_heading(lines: Lines) -> str:
    if len(lines) == 1:
        return f"`{lines[0].removeprefix('class ')}`"
    names = [re.sub(r"^class |\(.*", "", line) for line in lines]
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def add_item(done: list[str], bullet: str, blocks: list[str]) -> None:
    """Append a list item, to the list that `done` ends with if there is one."""
    text = re.sub(r"\n\n(?=- |1\. )", "\n", "\n\n".join(blocks))
    item = bullet + re.sub(r"\n(?!\n)", "\n" + " " * len(bullet), text)
    if done and re.match(r"\d+\. " if bullet[0].isdigit() else "- ", done[-1]):
        done[-1] += "\n" + item
    else:
        done.append(item)


def blank(lines: Lines, start: int = 0) -> int:
    """Index of the first blank line from `start`, or the number of lines."""
    return next((i for i in range(start, len(lines)) if not lines[i].strip()), len(lines))


def takewhile_indented(lines: Lines) -> Lines:
    return list(itertools.takewhile(lambda line: line.startswith(" "), lines))


def pipe_table(rows: list[list[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    cells.insert(1, ["---"] * len(cells[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def code(lines: Lines) -> str:
    width = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    language = "pycon" if lines[0].lstrip().startswith(">>>") else "python"
    return "\n".join([f"```{language}", *(line[width:].rstrip() for line in lines), "```"])
