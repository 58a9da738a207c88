{% include "columns/report.jinja" %}
