{% raw %}
// The outcome, a number: what outcome.py makes of the model's number on the server.

export const output = "variable";

export const finish = (outcome, rows) => rows.map(([value]) => value);

export const effectScale = (values) => values;

export function answer({ below, above, coverage, margin, unit }, value) {
  return { value, low: value - below, high: value + above, coverage, plan: value + margin, unit };
}
{% endraw %}
