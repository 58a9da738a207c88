{% include "columns/evaluation.jinja" %}
