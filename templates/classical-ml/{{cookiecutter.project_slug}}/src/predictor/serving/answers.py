{% include "tasks/" ~ cookiecutter.__kind ~ "/answers.py" %}
