{% extends "shared/scripts/space.sh" %}
{% block shipped %}artifacts/model.skops artifacts/model.json{% endblock %}
