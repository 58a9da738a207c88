{% include "tasks/" ~ cookiecutter.__kind ~ "/test_task.py" %}
