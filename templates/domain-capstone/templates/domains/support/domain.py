"""Change notes: what the model reads of a note, today's rule, and which notes a person routes in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

FEWEST = 4  # words

RULE = "the first queue with one of its keywords in the note, otherwise the library"
KEYWORDS = {  # the rare queues first, because their words are the clearest
    "security": r"\bCVE\b|vulnerab|denial.of.service|\bsecurity\b|\baudit",
    "idle": r"\bidle(?:lib)?\b",
    "macos": r"\bmac ?os\b|\bos x\b|\bmac\b",
    "windows": r"\bwindows\b|\bmsi\b|\bwin32\b|\bvcxproj\b|\.bat\b|\bpy\.exe\b|\blauncher\b",
    "tests": r"\btests?\b|\btest_\w+|\bregrtest\b|\btest\.support\b",
    "tools": r"\btools/|argument clinic|\bpygettext\b|\b2to3\b|\bgdb\b|\bpyvenv\b",
    "documentation": r"\bdocumentation\b|\bdocument(?:ed|s)?\b|\bdocs?\b|\btutorial\b|\bhowto\b",
    "build": r"\bconfigure\b|\bmakefile\b|\bcompil\w+ (?:error|warning)s?|\bbuilds?\b|\bautoconf\b|\bclang\b|\bgcc\b",
    "c-api": r"\bc api\b|\bpy[a-z]*_\w+|\blimited api\b|\bstable abi\b",
    "core": r"\binterpreter\b|\bbytecode\b|\bopcode\b|\bsyntaxerror\b|\bgarbage\b|\bcompiler\b|\breference leak"
    r"|\bgil\b|\bast\b|\bcrash|\bsegfault|\bspecializ|\beval\b|\bbuiltin",
}
KEYWORD = {queue: re.compile(words, re.IGNORECASE) for queue, words in KEYWORDS.items()}

ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w")
WEAKNESS = re.compile(
    KEYWORDS["security"] + r"|\bexploit|\bmalicious|\buntrusted|\battack|\binjection|\bdos\b|\bredos\b"
    r"|buffer over|overflow|overrun|infinite(?:ly)? (?:loop|read)|\bopenssl\b|\bexpat\b|\bunsafe\b",
    re.IGNORECASE,
)


def features(cases: pd.DataFrame) -> pd.DataFrame:
    """The note as it is."""
    return pd.DataFrame({"text": cases["text"].fillna("")}, index=cases.index)


def rule(cases: pd.DataFrame) -> pd.Series:
    """The queue whose keywords are found first, as a filter in a mailbox sorts."""
    return cases["text"].fillna("").map(_queue)


def _queue(text: str) -> str:
    return next((queue for queue, words in KEYWORD.items() if words.search(text)), "library")


def guard(case: Mapping[str, float | str | None]) -> str | None:
    """Why a person routes this note, whatever the model says."""
    text = str(case["text"] or "")
    if found := WEAKNESS.search(text):
        return f'the note may be about a weakness ("{found[0]}"): it must not wait in the wrong queue or be read by all'
    if ADDRESS.search(text):
        return "the note may hold an e-mail address: somebody must look before it is passed on"
    if len(text.split()) < FEWEST:
        return f"the note has fewer than {FEWEST} words"
    return None


def model(seed: int) -> Pipeline:
    """Parts of words, because a queue has its spelling (PyUnicode_New, test_os, asyncio.run), and a linear model.

    They are hashed, so the stored model is small and holds no list of words.
    """
    parts = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**14, alternate_sign=False, norm=None)
    return make_pipeline(
        make_column_transformer((parts, "text")),
        TfidfTransformer(sublinear_tf=True),
        LogisticRegression(C=10, tol=1e-3, max_iter=300, random_state=seed),
    )
