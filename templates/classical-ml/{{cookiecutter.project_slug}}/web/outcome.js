{% include "tasks/" ~ cookiecutter.__kind ~ "/outcome.js" %}
