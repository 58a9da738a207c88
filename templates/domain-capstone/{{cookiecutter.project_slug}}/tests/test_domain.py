{% include "domains/" ~ cookiecutter.domain ~ "/test_domain.py" %}
