{% include "columns/features.jinja" %}
