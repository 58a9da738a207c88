"""With masks, and with dates in place of text."""

from service.scoring import measure as scored


def test_rows(settings: Settings, manifest: Manifest) -> pd.DataFrame:
    rows = data.request_rows(settings)
    days = pd.to_datetime(rows[settings.data.known])
    begin = pd.Timestamp(manifest.known_until)
    end = begin + pd.Timedelta(days=settings.training.test_days)
    found = rows.loc[days.between(begin, end, inclusive="left")]
    if set(found[settings.data.target]) != {0, 1}:
        raise EvaluationError(
            f"{settings.data.outcomes} has no two kinds of outcome from {begin.date()} to {end.date()}"
        )
    return found


def usual_rate(settings: Settings, manifest: Manifest) -> float:
    every = data.outcomes(settings)
    early = every[settings.data.known] < str(manifest.known_until)
    return float(every.loc[early, settings.data.target].sum() / early.sum())


def slices(rows: pd.DataFrame, outcomes: Array, predicted: Array, settings: Settings) -> Iterator[Slice]:
    found = []
    for column in settings.slices.columns:
        values = rows[column].to_numpy()
        for value in sorted(set(values)):
            inside = values == value
            count = int(inside.sum())
            if count >= settings.slices.min_rows and 0 < outcomes[inside].sum() < count:
                for metric in scored(outcomes[inside], predicted[inside], settings, names=SLICE_SCORES):
                    name = f"{column} = {value}"
                    found.append(Slice(name=name, n=count, metric=metric.name, value=metric.value, ci95=metric.ci95))
    return iter(found)


def gain_gate(one: Gain) -> Gate:
    low, high = one.ci95
    worst = {"lower": low} if one.versus == RATE else {"upper": high}
    ((end, value),) = worst.items()
    return Gate(
        metric=f"Brier score gain over the {one.versus}, {end} end of its 95% interval",
        threshold=0,
        value=value,
        passed=bool(value > 0),
    )
