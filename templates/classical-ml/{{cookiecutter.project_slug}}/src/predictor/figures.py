{% include "tasks/" ~ cookiecutter.__kind ~ "/figures.py" %}
