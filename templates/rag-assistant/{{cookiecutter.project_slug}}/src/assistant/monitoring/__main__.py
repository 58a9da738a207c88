"""`python -m assistant.monitoring [DAYS]`: the last days of the question log, in words."""

from __future__ import annotations

import argparse

from ..errors import AssistantError
from ..serving.app import Config
from ..serving.config import ConfigError, read_config
from ..settings import load_settings
from ..wiring import make_assistant
from .activity import ActivityLog
from .baseline import read_baseline
from .drift import Baseline
from .summary import summary


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m assistant.monitoring", description="The last days, in words.")
    parser.add_argument("days", nargs="?", type=float, default=7.0, help="how many days to look back (7)")
    try:
        config = read_config(Config)
        print(summary(ActivityLog(config.activity), _baseline(), parser.parse_args().days))
    except (AssistantError, ConfigError) as error:
        parser.exit(1, f"{error}\n")


def _baseline() -> Baseline | None:
    """What ingestion has measured; None where there is no index to ask."""
    try:
        assistant = make_assistant(load_settings())
    except AssistantError:
        return None
    store = assistant.store
    try:
        return read_baseline(store)
    finally:
        store.close()


if __name__ == "__main__":
    main()
