"""From the template: would naive Bayes, which is fitted in one pass, do as well?"""

from typing import Any

from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline


def model(seed: int) -> Any:  # noqa: ARG001  # nothing in it is drawn
    counts = HashingVectorizer(n_features=2**14, alternate_sign=False, norm=None)
    return make_pipeline(make_column_transformer((counts, "text")), ComplementNB())
