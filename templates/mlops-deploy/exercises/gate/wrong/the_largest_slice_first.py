"""Takes the slices in the order of `value_counts`, so that it changes with the rows."""

from datetime import timedelta

import numpy as np

from service.reporting.metrics import Gate, Slice
from service.scoring import measure


def test_rows(settings: Settings, manifest: Manifest) -> pd.DataFrame:
    rows, first = data.request_rows(settings), manifest.known_until
    end = first + timedelta(days=settings.training.test_days)
    known = rows[settings.data.known]
    found = rows[(known >= first.isoformat()) & (known < end.isoformat())]
    if found[settings.data.target].nunique() < 2:
        raise EvaluationError(f"{settings.data.outcomes} has no two kinds of outcome from {first} to {end}")
    return found


def usual_rate(settings: Settings, manifest: Manifest) -> float:
    return float(data.known_by(settings, manifest.known_until)[settings.data.target].mean())


def slices(rows: pd.DataFrame, outcomes: Array, predicted: Array, settings: Settings) -> Iterator[Slice]:
    for column in settings.slices.columns:
        found = rows.groupby(column).indices
        for value, places in ((value, found[value]) for value in rows[column].value_counts().index):
            if len(places) < settings.slices.min_rows or len(np.unique(outcomes[places])) < 2:
                continue
            for one in measure(outcomes[places], predicted[places], settings, names=SLICE_SCORES):
                yield Slice(name=f"{column} = {value}", n=len(places), metric=one.name, value=one.value, ci95=one.ci95)


def gain_gate(one: Gain) -> Gate:
    end, value = ("lower", one.ci95[0]) if one.versus == RATE else ("upper", one.ci95[1])
    name = f"Brier score gain over the {one.versus}, {end} end of its 95% interval"
    return Gate(metric=name, threshold=0, passed=value > 0, value=value)
