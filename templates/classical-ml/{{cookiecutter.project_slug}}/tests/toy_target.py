{% include "tasks/" ~ cookiecutter.__kind ~ "/toy_target.py" %}
