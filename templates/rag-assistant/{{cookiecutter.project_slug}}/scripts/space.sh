{% extends "shared/scripts/space.sh" %}
{% block shipped %}settings.toml {{ 'artifacts ' if cookiecutter.vector_store == 'sqlite' }}data/corpus{% endblock %}
