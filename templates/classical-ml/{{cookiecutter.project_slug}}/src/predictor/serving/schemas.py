{% include "columns/schemas.jinja" %}
