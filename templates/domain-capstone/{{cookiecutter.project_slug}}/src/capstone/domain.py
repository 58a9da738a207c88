{% include "domains/" ~ cookiecutter.domain ~ "/domain.py" %}
