import { call, decisionView, find, make, showError, showWaiting } from "./case.js";

const form = find("ask");
const fields = [...form.querySelectorAll("[data-name]")];

// A column may have any name: data-name hides no member of the form, and fromEntries can set even __proto__.
const fieldOf = (name) => fields.find((field) => field.dataset.name === name);

for (const button of form.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => fill(JSON.parse(button.dataset.example)));
}
form.addEventListener("input", markStale);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearErrors();
  const wrong = fields.filter((field) => !field.checkValidity());
  wrong.forEach((field) => showError(field, field.validationMessage));
  if (wrong.length) return wrong[0].focus();
  find("send").disabled = true;
  try {
    const { ok, answer } = await call("/cases", read());
    if (ok) showAnswer(answer);
    else showRefusal(answer);
  } catch {
    showFailure("The service did not answer. Is it still running?");
  } finally {
    find("send").disabled = false;
  }
});
countWaiting();

function fill(values) {
  clearErrors();
  for (const field of fields) {
    const value = values[field.dataset.name] ?? "";
    field.value = value;
    if (field.value !== String(value) && field.tagName === "SELECT") {
      field.add(new Option(value, value, false, true)); // too rare to be listed
    }
  }
  markStale();
}

function read() {
  const given = fields.filter((field) => field.value !== "");
  return Object.fromEntries(
    given.map(({ dataset, type, value }) => [dataset.name, type === "number" ? Number(value) : value])
  );
}

function clearErrors() {
  fields.forEach((field) => showError(field, ""));
  find("failure").hidden = true;
}

function markStale() {
  find("stale").hidden = find("answer").hidden;
}

function showAnswer(answer) {
  const view = decisionView(answer, "h2");
  const link = make("a", "", `case ${answer.case}`);
  link.href = answer.accepted ? `/cases/${answer.case}` : `/review#${answer.case}`;
  const logged = make("p", "hint", "In the log as ", link, answer.accepted ? "." : "; there a person can decide it.");
  const warned = Object.entries(answer.warnings).filter(([name, why]) => !answer.why.some((one) => one.includes(why)));
  find("answer").replaceChildren(view, ...warned.map(([name, why]) => make("p", "hint", `${name}: ${why}`)), logged);
  find("answer").hidden = false;
  find("empty").hidden = find("stale").hidden = true;
  const { top, bottom } = find("answer").querySelector(".verdict").getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) find("answer").scrollIntoView({ block: "start" });
  countWaiting();
}

function showRefusal({ detail, errors, request_id: id }) {
  for (const { field, reason } of errors || []) {
    if (fieldOf(field)) showError(fieldOf(field), reason);
  }
  showFailure(`${detail} (request ${id})`);
}

function showFailure(text) {
  find("empty").hidden = find("stale").hidden = find("answer").hidden = true;
  find("failure").textContent = text;
  find("failure").hidden = false;
}

async function countWaiting() {
  const { ok, answer } = await call("/cases?limit=1");
  if (ok) showWaiting(answer.waiting);
}
