{% include "columns/results.jinja" %}
