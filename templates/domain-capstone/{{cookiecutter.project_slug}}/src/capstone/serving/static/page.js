import { callAsReviewer, decisionView, make, showWaiting, token } from "./case.js";
import { askOnSubmit, call, fill, find } from "./form.js";

const form = find("ask");

for (const button of form.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => {
    fill(JSON.parse(button.dataset.example));
    markStale();
  });
}
form.addEventListener("input", markStale);
askOnSubmit((row) => call("/cases", row), showAnswer, hideAnswer);
countWaiting();

function markStale() {
  find("stale").hidden = find("answer").hidden;
}

function showAnswer(answer) {
  const view = decisionView(answer, "h2");
  const link = make("a", "", `case ${answer.case}`);
  link.href = `/review#${answer.case}`;
  const logged = make("p", "hint", "In the log as ", link, answer.accepted ? "." : "; there a reviewer decides it.");
  const warned = Object.entries(answer.warnings).filter(([name, why]) => !answer.why.some((one) => one.includes(why)));
  find("answer").replaceChildren(view, ...warned.map(([name, why]) => make("p", "hint", `${name}: ${why}`)), logged);
  find("answer").hidden = false;
  find("empty").hidden = find("stale").hidden = true;
  const { top, bottom } = find("answer").querySelector(".verdict").getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) find("answer").scrollIntoView({ block: "start" });
  countWaiting();
}

function hideAnswer() {
  find("empty").hidden = find("stale").hidden = find("answer").hidden = true;
}

async function countWaiting() {
  if (!token.get()) return; // only reviewers know
  const { ok, answer } = await callAsReviewer("/cases?limit=1");
  if (ok) showWaiting(answer.waiting);
}
