"""What depends on the kind of target: a class or a number."""

from ..settings import Settings, SettingsError
from .classification import Classification
from .regression import Regression

Task = Classification | Regression


def task_of(settings: Settings) -> Task:
    """The task that the settings describe.

    Raises:
        SettingsError: the headline is not a score of this task.
    """
    task = Classification(settings) if settings.classifies else Regression(settings)
    if settings.headline not in task.scores:
        raise SettingsError(f"training.headline is {settings.headline!r}; choose one of {', '.join(task.scores)}")
    return task
