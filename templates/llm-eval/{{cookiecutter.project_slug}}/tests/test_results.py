"""What a run leaves behind: the files in reports/, and the service that shows them."""

import csv
import re
from pathlib import Path
from statistics import mean

import pytest
from fastapi.testclient import TestClient
from sklearn.metrics import f1_score

from bench import benchmark, errors, results, runs, scoring, settings
from bench.leaderboards import EvaluationReport
from bench.report import render
from bench.reporting.metrics import METRICS, ReportError, read_report
from bench.scoring import HEADLINES
from bench.serving.app import Config, create_app
from toy import edit, publish, run, write


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_predictions_are_enough_to_compute_the_metrics_again(published: Path) -> None:
    report, rows = read_report(METRICS, EvaluationReport), table(results.PREDICTIONS)
    known = [row for row in rows if row["ndcg_at_10"]]
    for name in ("ndcg_at_10", "recall_at_5", "recall_at_10", "mrr_at_10"):
        assert report.metric(name).value == pytest.approx(mean(float(row[name]) for row in known), abs=1e-5)
    assert {row["confidence"] for row in rows} == {""}, "a fused score is relative to the other passages"
    assert "answerable_auc" not in [one.name for one in report.metrics]
    wrong = {row["id"] for row in known if float(row["ndcg_at_10"]) < 1}
    assert {row["id"] for row in table(results.ERRORS) if row["kind"]} == wrong
    assert (len(rows), len(known), len(results.read_examples())) == (12, 10, 10)
    assert report.skipped.keys() == {"bm25/headings/cross", "hybrid/headings/cross", "plain/small", "long/small"}


def test_only_times_differ_between_two_runs(published: Path) -> None:
    edit("settings.toml", '"prompts", "retrievers"', '"classifiers"')
    report, timed = publish(), {METRICS, results.PAGE, *Path("reports/figures").glob("pareto-*.svg")}
    files = {path: path.read_bytes() for path in Path("reports").rglob("*.*") if path.suffix != ".jsonl"}
    rows, gold = table(results.PREDICTIONS), {one.id: one.gold for one in results.read_examples()}
    wrong = {row["id"] for row in rows if row["answer"] != gold[row["id"]]}
    assert {one.id for one in results.read_examples()[: len(wrong)]} == wrong  # first
    assert {row["id"] for row in table(results.ERRORS)} == wrong
    assert report.metric("accuracy").value == pytest.approx(1 - len(wrong) / len(rows))
    f1 = f1_score([gold[row["id"]] for row in rows], [row["answer"] for row in rows], average="macro")
    assert report.metric("macro_f1").value == pytest.approx(f1, abs=1e-5)
    again = publish()
    assert {path for path, content in files.items() if path.read_bytes() != content} <= timed
    untimed = {"run", "accesses", "boards"}
    assert again.model_dump(exclude=untimed) == report.model_dump(exclude=untimed)
    assert [one.comparisons for one in again.boards] == [one.comparisons for one in report.boards]
    assert again.accesses == report.accesses + 1 == 3


def test_the_same_run_gives_the_same_bytes(fresh: Path) -> None:
    found, contents = run(), []
    for _ in range(2):
        results.publish(*found, settings.load_settings())
        contents.append({path: path.read_bytes() for path in Path("reports").rglob("*.*")})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 7 + 2 * 3  # two figures for each of three experiments


def test_the_report_can_be_made_again_without_measuring(published: Path) -> None:
    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in Path("reports").rglob("*.*")}

    before = contents()
    write(runs.UNFINISHED, "of a newer run, which waits for --resume")
    for path in before:
        path.unlink() if path not in {runs.LATEST, benchmark.ACCESS_LOG} else None
    results.again(settings.load_settings())
    assert contents() == before
    assert runs.UNFINISHED.exists()
    edit("settings.toml", '"prompts", "retrievers"', '"classifiers"')
    assert results.again(settings.load_settings()).lead == "classifiers"
    edit("data/texts.jsonl", "number 1", "number 01")
    benchmark.freeze()
    with pytest.raises(errors.BenchError, match=r"test.jsonl is of another benchmark; measure with `make evaluate`"):
        results.again(settings.load_settings())


@pytest.mark.parametrize(("task", "metric"), [(task, name) for task, names in HEADLINES.items() for name in names])
def test_the_headline_says_in_plain_words_what_is_measured(published: Path, task: settings.Kind, metric: str) -> None:
    lead = "retrievers" if task == "search" else "classifiers"
    edit("settings.toml", '"prompts", "retrievers"', f'"{lead}"')
    edit("settings.toml", 'headline = "ndcg_at_10"', f'headline = "{metric if task == "search" else "ndcg_at_10"}"')
    found = render(results.again(settings.load_settings()), settings.load_settings())
    label = scoring.METRICS[task][metric].label
    assert re.search(rf"^{label} (is|says) .*\.$", found["headline"], re.MULTILINE)
    assert ("by Holm's method" in found["headline"]) == ("after Holm" in found["headline"])
    assert "undecided" not in "".join(found.values())
    assert "| no significant difference |" in found["boards"]


@pytest.fixture
def client(published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TestClient:
    monkeypatch.chdir(tmp_path)  # files are found from the folder in the settings
    return TestClient(create_app(Config(root=published)), "http://localhost")


def test_the_page_obeys_its_security_policy_and_everything_on_it_is_there(client: TestClient) -> None:
    answer = client.get("/")
    assert "Toy &lt;benchmark&gt;" in answer.text
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:", answer.text)
    assert "unsafe" not in answer.headers["content-security-policy"]
    links = set(re.findall(r'(?:src|href)="(/[^"]+)"', answer.text))
    assert {client.get(link).status_code for link in links} == {200}
    assert sum(link.startswith("/figures/") and link.endswith(".svg") for link in links) == 6
    assert (client.head("/").status_code, client.head("/").text) == (200, "")


def test_the_numbers_and_the_state_are_those_of_the_report(client: TestClient, published: Path) -> None:
    report, health = client.get("/report").json(), client.get("/health")
    assert EvaluationReport.model_validate(report) == read_report(published / METRICS, EvaluationReport)
    assert (health.status_code, health.json()["status"]) == (200, "ready")
    assert health.json()["data_sha256"] == report["run"]["data_sha256"]


@pytest.mark.parametrize("path", ["/nothing", "/figures/nothing.svg", "/figures/%2e%2e/metrics.json", "/static/app.py"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404


def test_without_a_report_of_this_code_there_is_no_service(published: Path) -> None:
    edit(str(METRICS), '"boards"', '"board"')
    with pytest.raises(ReportError, match="does not fit this code"):
        create_app(Config(root=published))
    METRICS.unlink()
    with pytest.raises(ReportError, match="run `make evaluate` first"):
        create_app(Config(root=published))
