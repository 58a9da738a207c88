{% raw %}
// The answer about a number: the forecast in its interval, and the amount to count on.

import { strong } from "./elements.js";
import { find } from "./form.js";

const rounded = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const brief = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

export const LEAST_EFFECT = 0; // all are shown
export const effectText = (size) => brief.format(size);

export function showOutcome({ value, low, high, coverage, plan }) {
  find("score").textContent = rounded.format(value);
  find("mark").style.left = (100 * (value - low)) / (high - low || 1) + "%";
  find("low").textContent = rounded.format(low);
  find("high").textContent = rounded.format(high);
  find("verdict").replaceChildren(
    strong(`Count on ${rounded.format(plan)}.`),
    " On average, that costs least if too much and too little cost what settings.toml says. " +
      `The range ${rounded.format(low)} to ${rounded.format(high)} should contain ${Math.round(100 * coverage)}% of outcomes.`
  );
}
{% endraw %}
