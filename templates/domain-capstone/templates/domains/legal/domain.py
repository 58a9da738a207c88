"""Software licences: what the model reads of a text, today's rule, and which texts counsel reads in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

READ = 3000  # characters: the training texts were cut there, so the model knows nothing of what comes later
SHORTEST = 200  # characters: below, it is mostly a notice that points to a licence elsewhere
COMMON = 5  # of a hundred words of an English licence, about 25 are among ENGLISH

RULE = (
    "which lists have a phrase in the text: terms of a vendor (non-commercial, evaluation, reverse engineer, ...), "
    "copyleft (GPL, copyleft, corresponding source, ...), a permissive opening (permission is hereby granted, ...)"
)
PHRASES = {
    "vendor terms": (
        r"non-?commercial|evaluation|reverse.engineer|decompile|end.user|non-?transferable|confidential|proprietary"
        r"|internal (?:use|business)|terminate this agreement|licen[sc]e fees?|may not (?:copy|modify|distribute|sell)"
    ),
    "copyleft": r"\b[al]?gpl|\bgnu\b|copyleft|general public|corresponding source|source code form|derivative work"
    r"|share ?alike|mozilla public|eclipse public|under the terms of this licen[sc]e",
    "permissive opening": r"permission is hereby granted|redistribution and use in source|permission to use, copy"
    r"|public domain|permission is granted|for any purpose",
}
RULES = {name: re.compile(phrases, re.IGNORECASE) for name, phrases in PHRASES.items()}

GNU = re.compile(
    r"(?:gnu )?(?:affero |lesser |library )?general public licen[sc]e|free documentation licen[sc]e"
    r"|\b[al]?gpl\w*|\bgnu\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(r"\b(?:the|and|of|to|or|in|any|this|is|for|you|that|with|not|by)\b", re.IGNORECASE)
# What a text may restrict in a single clause, which hardly moves a model that counts words.
FIELD_OF_USE = re.compile(
    r"good, not evil|human rights|\bmilitary(?! insignia)|\bweapons?\b|\bnuclear|\bethical|(?<!non-)discriminat"
    r"|surveillance|law enforcement|endanger|(?:software|program) (?:may|can) ?not be used (?:by|for|to|in)\b",
    re.IGNORECASE,
)
BUSINESS = re.compile(
    r"(?<!commercial and )non-?commercial|\bevaluation|commercial licen[sc]e"
    r"|(?:software|program) (?:may|can|must|shall) ?not be (?:sold|modified)",
    re.IGNORECASE,
)


def features(cases: pd.DataFrame) -> pd.DataFrame:
    """The part of the text that the model reads, without the names of the GNU licences.

    A text that names one is nearly always copyleft. The model is to learn from terms, so that it can judge a text that
    nobody has named yet; known licences are looked up.
    """
    text = cases["text"].fillna("").str.slice(0, READ)
    return pd.DataFrame({"text": text.str.replace(GNU, "this licence", regex=True)}, index=cases.index)


def rule(cases: pd.DataFrame) -> pd.Series:
    """Which of the lists in `PHRASES` have a phrase in the text."""
    return cases["text"].fillna("").str.slice(0, READ).map(_lists)


def _lists(text: str) -> str:
    return ", ".join(name for name, phrases in RULES.items() if phrases.search(text)) or "none of these"


def guard(case: Mapping[str, float | str | None]) -> str | None:
    """Why counsel reads this text, whatever the model says."""
    text = str(case["text"] or "")
    if len(text) < SHORTEST:
        return f"the text has fewer than {SHORTEST} characters: it is probably a notice, and the licence is elsewhere"
    if len(ENGLISH.findall(text)) * 100 < COMMON * len(text.split()):
        return "the text does not read like English, and the model has learned from English texts only"
    if found := FIELD_OF_USE.search(text):
        return f'the text may restrict what the software is used for ("{found[0]}"), however permissive the rest is'
    if RULES["permissive opening"].search(text) and (found := BUSINESS.search(text)):
        return f'the text opens like a permissive licence, but may exclude a business ("{found[0]}")'
    return None


def model(seed: int) -> Pipeline:
    """Word counts and a linear model. Words are hashed, so the stored model is small and holds no list of words."""
    counts = HashingVectorizer(n_features=2**14, alternate_sign=False, norm=None)
    return make_pipeline(
        make_column_transformer((counts, "text")),
        TfidfTransformer(sublinear_tf=True),
        LogisticRegression(C=10, max_iter=500, random_state=seed),
    )
