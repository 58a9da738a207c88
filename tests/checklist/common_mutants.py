"""Mistakes that cost the same items in a repository of any template."""

from __future__ import annotations

from mutants import Mutant, blank_png, changed, misprinted, swapped, with_file, without

CI, CARD, DOCKERFILE, MAKEFILE = ".github/workflows/ci.yml", "MODEL_CARD.md", "Dockerfile", "Makefile"
METRICS, MONITORING, README, RISKS = "reports/metrics.json", "docs/monitoring.md", "README.md", "docs/risk-register.md"
ALERTS, SCREENSHOT, SHEET = "monitoring/alerts.yml", "docs/screenshot.png", "data/DATASET.md"
ERRORS = "## Error analysis"
ASSERTED = r"^(\s+)assert .*(?:\n\1\s+.*|\n\1[)\]}].*)*$|\bwith pytest\.raises\(.*\):|\b\w*\.?raise_for_status\(\)"
KEY = "AKIA" + "QX3W7VZ2NTBD6RKP"  # in two parts, so that no scanner takes it for a secret of ours

_NUMBERS = [
    changed("a made-up number", "evaluation-metrics", README, ERRORS, f"Its accuracy is 0.93.\n\n{ERRORS}"),
    changed("a flattering percentage", "evaluation-metrics", README, ERRORS, f"We reach a recall of 95%.\n\n{ERRORS}"),
    without("no predictions", "recomputed-metrics", "reports/predictions.csv"),
    without("no load report", "latency", "reports/load.json"),
    changed("a gate that does not hold", "quality-gate", METRICS, '"passed": true', '"passed": false'),
]  # fmt: skip

_RUN = [
    swapped("another hash in the report", "provenance", r'"data_sha256": "\w{6}', '"data_sha256": "0f0f0f', METRICS),
    swapped("another hash in the README", "provenance", r"(?<=\| Data \(SHA-256\) \| `)\w{6}", "0f0f0f", README),
    swapped("another commit in the README", "provenance", r"(?<=\| Commit \| `)\w{6}", "0f0f0f", README),
    misprinted("another seed in the README", "provenance", r"\| Seed \| (\d+)", README),
    swapped("no commit", "provenance", r'"commit": "\w+"', '"commit": null', METRICS),
    swapped("no seed", "provenance", r'"seed": \d+', '"seed": null', METRICS),
]  # fmt: skip

_PAGES = [
    swapped("a diagram of one box", "architecture", r"(```mermaid\nflowchart LR\n)[\s\S]*?```", r"\1    model\n```", README),
    swapped("no diagram", "architecture", r"```mermaid\n[\s\S]*?```\n", "", README),
    with_file("a blank screenshot", "demo", SCREENSHOT, blank_png),
    with_file("a screenshot cut in two", "demo", SCREENSHOT, lambda files: files[SCREENSHOT][:9_000]),
    without("no screenshot", "demo", SCREENSHOT),
    without("no errors to look at", "error-analysis links", "reports/errors.csv"),
    changed("a dead link", "links", README, "(data/DATASET.md)", "(data/DATA.md)"),
    changed("a dead anchor", "links", README, "## Data\n", "## Data\n\nSee [the costs](#what-it-costs).\n"),
    swapped("no section called Uses", "intended-use", r"^## Uses$", "## Thanks", CARD),
    changed("a licence that does not exist", "model-card", CARD, "license: mit", "license: free for all"),
    changed("a card without its evaluation", "model-card", CARD, "## Evaluation\n", "## Further words\n"),
]  # fmt: skip

_TESTS = [
    changed("a command that does not exist", "reproduce", README, "make demo   #", "make dmeo   #"),
    swapped("tests without asserts", "tests integration-test", ASSERTED, r"\1pass", "tests/"),
    swapped("tests that assert True", "tests integration-test", ASSERTED, lambda m: f"{m[1]}assert True" if m[1] else "if True:" if "raises" in m[0] else "True", "tests/"),
    with_file("a test that does not parse", "tests", "tests/test_command.py", lambda files: b"def test_command(:\n"),
    changed("a workflow that does not test", "ci", CI, "      - run: make test\n", ""),
    changed("a workflow that forgives", "ci", CI, "run: make test", "run: make test || true"),
    changed("an action by its tag", "ci-trust", CI, "checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "checkout@v6"),
    changed("a workflow that may write", "ci-trust", CI, "contents: read", "contents: write"),
    changed("a workflow without bounds of permission", "ci-trust", CI, "permissions:\n  contents: read\n", ""),
]  # fmt: skip

_IMAGE = [
    without("no Compose file", "deployment rollback", "compose.yaml"),
    changed("a Compose file that does not parse", "deployment", "compose.yaml", "services:", "services: ["),
    changed("a deployment command that does not exist", "deployment", README, "make image && docker compose up --wait ", "make ship && docker compose up --wait "),
    changed("root in the image", "dockerfile", DOCKERFILE, "USER 10001:10001", "USER root"),
    changed("no user in the image", "dockerfile", DOCKERFILE, "USER 10001:10001\n", ""),
    changed("root in the Compose file", "dockerfile", "compose.yaml", "    read_only: true", "    user: root\n    read_only: true"),
    changed("root by number in the Compose file", "dockerfile", "compose.yaml", "    read_only: true", '    user: "0"\n    read_only: true'),
    changed("a privileged container", "dockerfile", "compose.yaml", "    read_only: true", "    privileged: true\n    read_only: true"),
    changed("the tag latest", "dockerfile", DOCKERFILE, "FROM python:3.13-slim\n", "FROM python:latest\n"),
    changed("a base without a tag", "dockerfile", DOCKERFILE, "FROM python:3.13-slim AS", "FROM python AS"),
    swapped("no health check", "dockerfile", r"^HEALTHCHECK .*\n.*\n", "", DOCKERFILE),
    changed("a copy of what is not there", "dockerfile", DOCKERFILE, "COPY src src", "COPY app app"),
    changed("a token in the image", "secrets", DOCKERFILE, "USER 10001", "ENV API_TOKEN=9f3bA7xQ2LmZ81pKd0RvX\nUSER 10001"),
    Mutant("an .env that was committed", ("secrets",), lambda fixture: {**fixture.filled(), ".gitignore": fixture.filled()[".gitignore"].replace(b".env\n", b""), ".env": b"A_TOKEN=9f3bA7xQ2LmZ81pKd0Rv\n"}),
]  # fmt: skip

_OPERATION = [
    without("no alerts", "alerts", ALERTS),
    changed("alerts that do not parse", "alerts", ALERTS, "groups:", "groups: ["),
    changed("a rollback to no version", "rollback", MONITORING, "git checkout v0.1.0", "git checkout v0.0.9"),
    swapped("no earlier version", "rollback", r"^## 0\.1\.0[\s\S]*", "", "CHANGELOG.md"),
    changed("a register without owners", "risk-register", RISKS, "| response | owner |", "| response | colour |"),
    changed("no section on privacy", "privacy", RISKS, "## Privacy", "## Other things"),
    swapped("a review that is past", "staleness", r"2027-(\d\d-\d\d)", r"2026-\1", RISKS),
]  # fmt: skip

COMMON: list[Mutant] = [*_NUMBERS, *_RUN, *_PAGES, *_TESTS, *_IMAGE, *_OPERATION]
