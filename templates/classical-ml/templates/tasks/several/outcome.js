{% raw %}
// The outcome, one of several classes: what outcome.py makes of the model's numbers on the server.

const CLOSEST = 1e-7; // as in outcome.py

export const output = "probabilities";

const clipped = (probability) => Math.min(Math.max(probability, CLOSEST), 1);
const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const placeOf = (numbers, extreme) => numbers.indexOf(extreme(...numbers));

// Calibrated probabilities of each class, for each row.
export function finish({ temperature }, rows) {
  return rows.map((row) => {
    const powers = row.map((probability) => clipped(probability) ** (1 / temperature));
    return powers.map((power) => power / total(powers));
  });
}

// The probability of the class that is likeliest for the first row.
export function effectScale(rows) {
  const likeliest = placeOf(rows[0], Math.max);
  return rows.map((row) => row[likeliest]);
}

// The class that is expected to cost least, and the probability of each, the likeliest first.
export function answer({ classes, costs }, row) {
  const expected = classes.map((_, said) => total(row.map((probability, actual) => probability * costs[actual][said])));
  const probabilities = classes.map((label, i) => ({ label, probability: row[i] }));
  return {
    decision: classes[placeOf(expected, Math.min)],
    probabilities: probabilities.sort((a, b) => b.probability - a.probability),
  };
}
{% endraw %}
