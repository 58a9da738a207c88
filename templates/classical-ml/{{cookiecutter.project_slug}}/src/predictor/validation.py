{% include "columns/validation.jinja" %}
