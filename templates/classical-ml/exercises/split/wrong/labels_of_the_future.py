"""Uses labels that were not known yet when the next split began."""

from sklearn.model_selection import train_test_split

from .validation import DataError


def _draw(distinct: pd.Series, outcomes: pd.Series, share: float, task: Task) -> tuple[pd.Series, pd.Series]:
    labels = outcomes.loc[distinct.index]
    stratify = labels if task.stratified and labels.value_counts().min() > 1 else None
    seed = task.settings.training.seed
    try:
        rest, drawn = train_test_split(distinct, test_size=share, random_state=seed, stratify=stratify)
    except ValueError:
        raise DataError(f"{len(distinct)} distinct rows or clusters are too few to divide") from None
    return rest, drawn


def together(frame: pd.DataFrame, settings: Settings) -> pd.Series:
    columns = [settings.data.cluster] if settings.data.cluster else list(settings.columns)
    return frame.groupby(columns, dropna=False, sort=False).ngroup()


def by_chance(frame: pd.DataFrame, outcomes: pd.Series, task: Task) -> Division:
    groups, data = together(frame, task.settings), task.settings.data
    distinct = groups.drop_duplicates()
    known, test = _draw(distinct, outcomes, data.test_share, task)
    train, validation = _draw(known, outcomes, data.validation_share / (1 - data.test_share), task)
    parts = {"train": train, "validation": validation, "test": test}
    return {name: groups.index[groups.isin(part)] for name, part in parts.items()}


def by_time(times: pd.Series, settings: Settings) -> Division:
    ordered = times.sort_values(kind="stable")
    share = settings.data.test_share
    test_start = ordered.iloc[int(len(ordered) * (1 - share))]
    validation_start = ordered.iloc[max(0, int(len(ordered) * (1 - share - settings.data.validation_share)))]
    delay = pd.Timedelta(days=settings.data.label_delay_days)
    train = ordered.index[(ordered < validation_start)]
    validation = ordered.index[(ordered >= validation_start) & (ordered < test_start)]
    return {"train": train, "validation": validation, "test": ordered.index[ordered >= test_start]}
