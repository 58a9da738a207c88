{% raw %}
// The answer about two classes: its probability on a scale, and the decision.

import { strong } from "./elements.js";
import { find } from "./form.js";

const percent = (share) => (100 * share).toFixed(1) + "%";

export function showOutcome({ probability, threshold, decision }) {
  find("score").textContent = percent(probability);
  find("fill").style.width = percent(probability);
  find("mark").style.left = percent(threshold);
  find("verdict").replaceChildren(
    strong(decision ? "Act on it." : "No action."),
    ` The probability is ${decision ? "at or above" : "below"} the threshold of ${percent(threshold)} (the mark), ` +
      "from which acting costs less than not acting."
  );
}
{% endraw %}
