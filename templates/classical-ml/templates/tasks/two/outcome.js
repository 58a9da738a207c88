{% raw %}
// The outcome, one of two classes: what outcome.py makes of the model's numbers on the server.

const CLOSEST = 1e-7; // as in outcome.py

export const output = "probabilities";

function logOdds(probability) {
  const clipped = Math.min(Math.max(probability, CLOSEST), 1 - CLOSEST);
  return Math.log(clipped / (1 - clipped));
}

// Calibrated probabilities of the class to find, from those of both classes.
export function finish({ slope, intercept }, rows) {
  return rows.map((row) => (1 + Math.tanh((slope * logOdds(row.at(-1)) + intercept) / 2)) / 2);
}

export const effectScale = (probabilities) => probabilities;

export const answer = ({ threshold }, probability) => ({ probability, threshold, decision: probability >= threshold });
{% endraw %}
