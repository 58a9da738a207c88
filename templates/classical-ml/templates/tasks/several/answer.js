{% raw %}
// The answer about several classes: the decision, and the three likeliest with their probabilities.

import { make, strong } from "./elements.js";
import { find } from "./form.js";

const SHOWN = 3;
const percent = (share) => (100 * share).toFixed(1) + "%";

export const LEAST_EFFECT = 0.0005; // of a probability: less than a tenth of a point is not shown
export const effectText = (size) => `${(100 * size).toFixed(1)} points`;

export function showOutcome({ decision, probabilities }) {
  const [likeliest] = probabilities;
  find("score").textContent = decision;
  find("chances").replaceChildren(...probabilities.slice(0, SHOWN).map(chanceItem));
  find("verdict").replaceChildren(
    strong(likeliest.label),
    decision === likeliest.label
      ? " is the likeliest. The reasons below are about it."
      : ` is the likeliest, and the reasons below are about it; but ${decision} is expected to cost less.`
  );
}

function chanceItem({ label, probability }) {
  const item = make("li", "");
  const scale = make("span", "scale");
  const fill = make("span", "fill");
  fill.style.width = percent(probability);
  scale.append(fill);
  const line = make("span", "chance");
  line.append(make("span", "", label), make("span", "", percent(probability)));
  item.append(line, scale);
  return item;
}
{% endraw %}
