"""A decision of one domain: a model answers, a policy accepts or refers, people decide the rest."""
