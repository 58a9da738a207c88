{% include "domains/" ~ cookiecutter.__case ~ "/test_domain." ~ ("jinja" if cookiecutter._data else "py") %}
