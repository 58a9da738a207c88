{% extends "shared/scripts/space.sh" %}
{% block shipped %}artifacts/model.onnx artifacts/model.json{% endblock %}
