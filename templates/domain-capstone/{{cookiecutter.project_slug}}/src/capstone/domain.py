{% include "domains/" ~ cookiecutter.__case ~ "/domain." ~ ("jinja" if cookiecutter._data else "py") %}
