{% raw %}
// The answer about two classes: its probability on a scale, and the decision.

import { find } from "./form.js";

const percent = (share) => (100 * share).toFixed(1) + "%";

export const LEAST_EFFECT = 0.0005; // of a probability: less than a tenth of a point is not shown
export const effectText = (size) => `${(100 * size).toFixed(1)} points`;

export function showOutcome({ probability, threshold, decision }) {
  find("score").textContent = percent(probability);
  find("fill").style.width = percent(probability);
  find("mark").style.left = percent(threshold);
  find("act").hidden = !decision;
  find("leave").hidden = decision;
  find("verdict").textContent =
    `The probability is ${decision ? "at or above" : "below"} the threshold of ${percent(threshold)} (the mark), ` +
    "from which acting costs less than not acting.";
}
{% endraw %}
