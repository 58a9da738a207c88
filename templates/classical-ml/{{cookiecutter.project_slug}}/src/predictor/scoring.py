{% include "columns/scoring.jinja" %}
