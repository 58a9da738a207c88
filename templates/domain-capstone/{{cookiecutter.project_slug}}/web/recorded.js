// The recorded cases of the site: what the service answers to them, and what was right.

import { answerText, decisionView, facts, inputsView, make } from "./case.js";
import { find } from "./form.js";

const response = await fetch(new URL("../recorded.json", import.meta.url));
find("recorded").replaceChildren(...(await response.json()).map(recordedCase));

function recordedCase({ inputs, decision, actual }, place) {
  const name = make("strong", "", `${facts.case[0].toUpperCase()}${facts.case.slice(1)} ${place + 1}:`);
  const what = decision.accepted ? "accepted" : "a person decides";
  const right = actual === null ? "" : ` In fact: ${answerText(actual)}.`;
  const said = ` ${answerText(decision.answer)}, ${what}.${right}`;
  const item = make("details", "card recorded", make("summary", "", name, said));
  item.append(inputsView(inputs, decision.warnings), decisionView(decision, "h2"));
  item.open = place === 0;
  return item;
}
