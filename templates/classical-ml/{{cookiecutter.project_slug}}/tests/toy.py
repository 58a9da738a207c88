{% include "columns/toy.jinja" %}
