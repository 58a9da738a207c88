{% include "tasks/" ~ cookiecutter.__task ~ "/test_task.py" %}
