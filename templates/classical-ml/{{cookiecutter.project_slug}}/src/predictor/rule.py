{% include "columns/rule.jinja" %}
