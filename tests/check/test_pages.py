"""JUnit, SARIF, annotations, badge: right for their readers, and nothing a repository says gets out of its place."""

from __future__ import annotations

import json
import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from sample_reports import broken, finding, finished, hostile, learner, review, undeclared

from scaffolder.check.engine.finding import Evidence, State
from scaffolder.check.report import Report
from scaffolder.pages import FORMATS, page
from scaffolder.pages.places import link

REPORTS = (learner(), finished(), hostile())


@pytest.mark.parametrize("form", [*FORMATS, "badge"])
def test_is_text_that_utf8_can_hold(form: str) -> None:
    page(form, REPORTS).encode()
    page(form, [Report("empty", ".", "", ())]).encode()


class TestGithub:
    lines = page("github", REPORTS).splitlines()

    def test_each_line_is_one_command(self) -> None:
        assert len(self.lines) == 3 + 4 + 0 + 2  # one for each report and each item that is not done
        for line in self.lines:
            assert re.fullmatch(r"::(notice|warning) (file=[^,:]+,)?(line=\d+,)?title=[^,:]+::.+", line), line

    def test_warns_of_the_next_level_and_notes_the_rest(self) -> None:
        kinds = Counter(line.split(" ")[0] for line in page("github", [learner()]).splitlines())
        assert kinds == {"::warning": 2, "::notice": 1 + 2}

    def test_a_bug_of_ours_is_an_error(self) -> None:
        (line,) = [line for line in page("github", [broken()]).splitlines() if line.startswith("::error ")]
        assert "scaffolder could not check this item" in line

    def test_says_the_level_and_the_counts(self) -> None:
        assert "::Level: Operator, unreviewed. 3 of 3 verified by machine; 1 of 1 written, 0 reviewed." in self.lines[5]

    def test_points_to_the_line_from_the_working_folder(self) -> None:
        assert any(line.startswith("::notice file=work/churn-predictor/Dockerfile,line=9,") for line in self.lines)

    def test_escapes_what_ends_a_command(self) -> None:
        found = finding("x", "50%: a, b", State.MISSING, Evidence("a: b, 5%\r\nnext", "a,b:c%.md", 1))
        *_, line = page("github", [Report("r", ".", "", (found,))]).splitlines()
        place, message = "file=a%2Cb%3Ac%25.md,line=1", "a,b:c%25.md:1: a: b, 5%25%0Anext"
        assert line == f"::warning {place},title=50%25%3A a%2C b (missing)::{message}"


class TestJUnit:
    root = ET.fromstring(page("junit", REPORTS))

    def test_has_a_suite_for_each_repository_and_a_case_for_each_item(self) -> None:
        assert [suite.get("name") for suite in self.root][:2] == ["churn-predictor", "demand-forecast"]
        assert [len(suite.findall("testcase")) for suite in self.root] == [len(report.findings) for report in REPORTS]

    def test_counts_what_it_holds(self) -> None:
        for suite in self.root:
            assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
            assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
            assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
        totals = [sum(int(suite.get(key, "")) for suite in self.root) for key in ("tests", "failures")]
        assert [int(self.root.get(key, "")) for key in ("tests", "failures")] == totals

    def test_keeps_to_the_elements_and_attributes_that_jenkins_and_gitlab_read(self) -> None:
        allowed = {
            "testsuites": {"name", "tests", "failures", "errors", "time"},
            "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
            "properties": set(),
            "property": {"name", "value"},
            "testcase": {"classname", "name", "time"},
            "error": {"type", "message"},
            "failure": {"type", "message"},
            "skipped": {"type", "message"},
            "system-out": set(),
        }
        for element in self.root.iter():
            assert set(element.keys()) <= allowed[element.tag]

    def test_fails_what_is_to_do_and_skips_what_cannot_be_known(self) -> None:
        cases = {case.get("name"): case for case in self.root[0].findall("testcase")}
        tags = {name: [child.tag for child in case] for name, case in cases.items()}
        assert tags["errors"] == tags["dockerfile"] == ["failure"]
        assert tags["demo"] == tags["alerts"] == ["skipped"]
        assert tags["problem"] == ["system-out"]
        assert "Dockerfile:9: the last stage runs as root" in (cases["dockerfile"][0].text or "")

    def test_a_bug_of_ours_is_an_error_and_the_level_a_property(self) -> None:
        (suite,) = ET.fromstring(page("junit", [broken()]))
        assert (suite.get("failures"), suite.get("errors")) == ("0", "1")
        assert len(suite.findall("testcase/error")) == 1
        assert [each.get("value") for each in suite.findall("properties/property[@name='level']")] == ["not rated"]


class TestSarif:
    log = json.loads(page("sarif", REPORTS))

    def test_has_the_parts_that_2_1_0_requires(self) -> None:
        assert self.log["version"] == "2.1.0"
        for run in self.log["runs"]:
            rules = run["tool"]["driver"]["rules"]
            assert run["tool"]["driver"]["name"] == "scaffolder"
            for result in run["results"]:
                assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
                assert result["message"]["text"]
                assert result["level"] in {"warning", "note"}
                assert result["locations"]
                for location in result["locations"] + result["relatedLocations"]:
                    place = location["physicalLocation"]
                    assert re.fullmatch(r"[\w.~/%-]+", place["artifactLocation"]["uri"])
                    assert place.get("region", {}).get("startLine", 1) >= 1

    def test_names_each_run_so_that_code_scanning_keeps_them_apart(self) -> None:
        names = [run["automationDetails"]["id"] for run in self.log["runs"]]
        assert names[:2] == ["scaffolder/churn-predictor/", "scaffolder/demand-forecast/"]

    def test_reports_what_is_not_done(self) -> None:
        results = {result["ruleId"]: result for result in self.log["runs"][0]["results"]}
        assert list(results) == ["errors", "demo", "dockerfile", "rollback"]
        assert results["demo"]["level"] == "note"
        place = results["dockerfile"]["locations"][0]["physicalLocation"]
        assert place == {
            "artifactLocation": {"uri": "work/churn-predictor/Dockerfile"},
            "region": {"startLine": 9},
        }

    def test_a_bug_of_ours_is_no_result_about_the_repository(self) -> None:
        (run,) = json.loads(page("sarif", [broken()]))["runs"]
        assert run["results"] == []
        (invocation,) = run["invocations"]
        assert not invocation["executionSuccessful"]
        assert "links: " in invocation["toolExecutionNotifications"][0]["message"]["text"]

    def test_says_the_level(self) -> None:
        assert [run["properties"]["level"] for run in self.log["runs"]] == [
            "none yet",
            "Operator, unreviewed",
            "none yet",
        ]

    def test_shows_brackets_and_braces_as_they_are(self) -> None:
        found = finding("x", "t", State.MISSING, Evidence("[click](https://evil.example) {0}", "a.md"))
        (run,) = json.loads(page("sarif", [Report("r", ".", "", (found,))]))["runs"]
        assert r"\[click\](https://evil.example) {{0}}" in run["results"][0]["message"]["text"]


class TestBadge:
    @pytest.mark.parametrize(
        ("report", "level"),
        [
            (finished(), "Operator, unreviewed"),
            (finished("reviewed", review()), "Operator"),
            (learner(), "none yet"),
            (undeclared(), "not rated"),
            (broken(), "not rated"),
            (Report("r", ".", "", (finding("x", "t", State.DONE),), complete=False), "not rated"),
        ],
        ids=lambda value: getattr(value, "name", value),
    )
    def test_says_the_level_to_everyone(self, report: Report, level: str) -> None:
        image = ET.fromstring(page("badge", [report]))
        text = [element.text for element in image.iter("{http://www.w3.org/2000/svg}text")]
        assert text == ["portfolio level", level]
        assert image.get("role") == "img"
        assert image.get("aria-label") == f"portfolio level: {level}"
        assert f"Level: {level}" in (image[0].text or "")

    def test_needs_nothing_from_elsewhere(self) -> None:
        badge = page("badge", [hostile()])
        elements = {element.tag.partition("}")[2] for element in ET.fromstring(badge).iter()}
        assert elements == {"svg", "title", "clipPath", "rect", "g", "path", "text"}
        drawing = re.sub("<title>.*</title>", "", badge)
        assert re.findall("(?:href|src|url)[=(][^)]*", drawing) == ["url(#r"]


@pytest.mark.parametrize(
    ("path", "base", "address"),
    [
        (".", "", "./docs/a%20b.md"),
        ("srv/x", "", "./srv/x/docs/a%20b.md"),
        ("/srv/my x", "", "file:///srv/my%20x/docs/a%20b.md"),
        ("/x", "https://host/ada/{name}/blob/main/", "https://host/ada/re%2Fpo/blob/main/docs/a%20b.md?plain=1#L7"),
    ],
)
def test_links_to_the_evidence(path: str, base: str, address: str) -> None:
    assert link(Report("re/po", path, "", ()), Evidence("fact", "docs/a b.md", 7), base) == address


def test_a_file_name_is_never_a_script() -> None:
    assert link(Report("r", "", "", ()), Evidence("fact", "javascript:alert(1)")) == "./javascript%3Aalert%281%29"
