"""The head and the foot of a run of the slow proofs: what it takes, and how long each part of it took."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from selection import described


class Parts:
    """A plugin of the process that prints; with pytest-xdist, others collect and run the proofs."""

    def __init__(self) -> None:
        self.head = described()
        self.seconds: Counter[str] = Counter()

    def pytest_report_collectionfinish(self) -> list[str]:
        """Printed before the first proof, with -q, too."""
        return self.head

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """The same with pytest-xdist, once."""
        assert all("@" in name for name in ids if name.startswith("tests/slow/")), (
            "without --dist loadgroup, each worker would make every project"
        )
        if node.gateway.id == "gw0":
            reporter = node.config.pluginmanager.get_plugin("terminalreporter")
            reporter.ensure_newline()
            for line in self.head:
                reporter.write_line(line)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up the seconds of each group of proofs."""
        self.seconds[dict(report.user_properties).get("group", "slow tests of the fast suite")] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """A table of the parts: those before the proofs, which .ci/run has measured, and each group of proofs."""
        if not self.seconds:
            return
        before = [part.split("=") for part in os.environ.get("PARTS", "").split()]
        terminalreporter.section("seconds of each part")
        for name, seconds in [*before, *self.seconds.most_common()]:
            terminalreporter.write_line(f"{float(seconds):7.0f}  {name}")
