{% extends "shared/tasks.py" %}
{% block ready %}artifacts/model.skops{% endblock %}
{% block unit %}cases{% endblock %}
{% block jobs %}
    "data": ["check the data against settings.toml", "python -m capstone data"],
    "train": [
        "fit the model on the training and the reviewed cases, choose the limit, write artifacts/",
        "python -m capstone train",
    ],
    "artifacts/model.skops": ["", "train"],
    "experiment": [
        "measure a change on the training cases: make experiment NAME=FILE (of experiments/), or NAME=new BASE=main",
        "python -m capstone experiment ${BASE:+--base=$BASE} ${NAME:+--} ${NAME:+$NAME}",
    ],
    "collect": [
        "take what people decided from the log into data/reviewed.csv, for the next training",
        "python -m capstone collect",
    ],
    "monitor": ["measure coverage and overrides in the log, report; fails on an alarm", "python -m capstone monitor"],
    "reviewer": [
        "make a token with which a person may review: make reviewer NAME='Ada Lovelace'",
        "python -m capstone reviewer -- $NAME",
    ],
    "audit": ["verify that no line of the log was changed or removed", "python -m capstone audit"],
{% endblock %}
{% block demo %}
        "python -m capstone demo",
{% endblock %}
{% block site %}
    "site": [
        "write site/, recorded cases as a page, for a free host",
        "artifacts/model.skops",
        "python -m capstone site",
    ],
{% endblock %}
{% block clicks %}'[data-example]:last-of-type' '#send' "
        "'#answer a[href*=review]' '#token := reviewer demo' '#enter button' '.waiting .buttons'{% endblock %}
