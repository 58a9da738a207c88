{% include "tasks/" ~ cookiecutter.__kind ~ "/target.py" %}
