{% include "tasks/" ~ cookiecutter.__kind ~ "/task.py" %}
