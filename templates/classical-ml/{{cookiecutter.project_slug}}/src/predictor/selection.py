{% include "columns/selection.jinja" %}
