import { answerText, callAsReviewer, decisionView, facts, inputsView, make, options, percent, showWaiting, token } from "./case.js";
import { find, showError, wordsOf } from "./form.js";

const SHOWN = 20; // cases at once
const LATELY = 8;
const queue = find("queue");
const tokenField = find("token");
const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

find("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  token.set(tokenField.value.trim());
  enter();
});
if (token.get()) enter();

// Shows the cases if the token is known.
async function enter() {
  showError(tokenField, "");
  try {
    if (await load(location.hash.slice(1))) await loadDecided();
  } catch {
    say("The service did not answer. Is it still running?", true);
  }
}

// Whether there are cases to show; only reviewers get them.
async function load(wanted) {
  const { ok, status, answer } = await callAsReviewer(`/cases?state=waiting&limit=${SHOWN}`);
  if (status === 401) {
    token.set("");
    showError(tokenField, "No reviewer has this token.");
    tokenField.focus();
  } else if (!ok) say(wordsOf(answer.detail), true);
  find("enter").hidden = ok;
  find("inside").hidden = find("entered").hidden = !ok;
  if (!ok) return false;
  find("reviewer").textContent = answer.reviewer;
  const cases = answer.cases.filter((one) => one.case !== wanted);
  const chosen = wanted && (await callAsReviewer(`/cases/${encodeURIComponent(wanted)}`));
  if (chosen && chosen.ok && !chosen.answer.review) cases.unshift(chosen.answer); // that one first
  queue.replaceChildren(...cases.map(card));
  count(answer.waiting);
  return true;
}

function count(waiting) {
  const many = waiting === 1 ? `1 ${facts.case} waits` : `${waiting ? waiting.toLocaleString("en") : "No"} ${facts.cases} wait`;
  find("total").textContent = `${many} for a person`;
  find("none").hidden = queue.childElementCount > 0;
  showWaiting(waiting);
}

function card(one) {
  const { case: id, at, inputs, decision } = one;
  const article = make("article", "card waiting");
  const title = make("h2", "", `${facts.case} ${id}`);
  title.id = `case-${id}`;
  title.tabIndex = -1;
  const time = make("time", "hint", when.format(new Date(at)));
  time.dateTime = at;
  article.setAttribute("aria-labelledby", title.id);
  const known = make("div", "known", make("h3", "", "What is known"), inputsView(inputs, decision.warnings));
  article.append(
    make("div", "row", title, time),
    make("div", "halves", decisionView(decision, "h3"), known),
    actions(one, article)
  );
  return article;
}

function actions({ case: id, decision }, article) {
  const accept = make("button", "primary", `Accept: ${answerText(decision.answer)}`);
  const override = make("button", "", "Override …");
  accept.type = override.type = "button";
  const form = overrideForm(id, decision, (said) => review(id, said, article));
  override.setAttribute("aria-expanded", "false");
  override.setAttribute("aria-controls", form.id);
  override.addEventListener("click", () => {
    form.hidden = !form.hidden;
    override.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.elements[0].focus();
  });
  accept.addEventListener("click", () => review(id, { action: "accept" }, article));
  const failure = make("p", "error");
  failure.setAttribute("role", "alert");
  return make("div", "actions", make("div", "buttons", accept, override), form, failure);
}

function overrideForm(id, decision, send) {
  const form = make("form", "override");
  form.id = `override-${id}`;
  form.noValidate = true;
  form.hidden = true;
  const answer = answerField(decision);
  const reason = make("textarea");
  Object.assign(reason, { rows: 2, minLength: 3, maxLength: 1000, required: true });
  const save = make("button", "primary", "Save the override");
  form.append(field(`answer-${id}`, "Your answer", answer), field(`reason-${id}`, "Reason", reason), save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = [answer, reason].filter((one) => !one.checkValidity() || !one.value.trim());
    [answer, reason].forEach((one) => showError(one, wrong.includes(one) ? one.validationMessage || "Fill this in." : ""));
    if (wrong.length) return wrong[0].focus();
    const given = answer.type === "number" ? Number(answer.value) : answer.value;
    send({ action: "override", answer: given, reason: reason.value.trim() });
  });
  return form;
}

function answerField({ answer, options: chances }) {
  if (typeof answer === "number") {
    const number = make("input");
    Object.assign(number, { type: "number", step: "any", inputMode: "decimal", required: true });
    return number;
  }
  const names = options.length ? options : chances.map(({ name }) => name);
  const others = names.filter((name) => name !== answer);
  const select = make("select", "", ...others.map((name) => new Option(name)));
  if (others.length > 1) select.prepend(new Option("choose", "", true, true));
  select.required = true;
  return select;
}

function field(id, text, control) {
  control.id = id;
  control.setAttribute("aria-describedby", id + "-error");
  const label = make("label", "", text);
  label.htmlFor = id;
  const error = make("p", "error");
  error.id = id + "-error";
  error.hidden = true;
  return make("div", "field", label, control, error);
}

async function review(id, said, article) {
  const buttons = [...article.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  try {
    const { ok, status, answer } = await callAsReviewer(`/cases/${id}/review`, said);
    const what = said.action === "accept" ? "is accepted" : `is overridden: ${answerText(said.answer)}`;
    if (ok) done(article, `${facts.case} ${id} ${what}.`);
    else if (status === 409 && (await callAsReviewer(`/cases/${id}`)).answer.review)
      done(article, `${facts.case} ${id} was decided by somebody else meanwhile.`);
    else fail(article, wordsOf(answer.detail));
  } catch {
    fail(article, "The service did not answer. Is it still running?");
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

function fail(article, text) {
  article.querySelector("[role=alert]").textContent = text;
}

async function done(article, text) {
  const next = article.nextElementSibling || article.previousElementSibling;
  article.remove();
  say(text);
  (next ? next.querySelector("h2") : queue).focus();
  const { ok, answer } = await callAsReviewer("/cases?state=waiting&limit=1");
  if (ok) count(answer.waiting);
  if (ok && answer.waiting && !queue.childElementCount) await load("");
  loadDecided();
}

function say(text, isError = false) {
  find("status").textContent = text.charAt(0).toUpperCase() + text.slice(1);
  find("status").classList.toggle("error", isError);
}

async function loadDecided() {
  const asked = [`/cases?state=reviewed&limit=${LATELY}`, "/monitoring"].map((path) => callAsReviewer(path));
  const [lately, monitoring] = await Promise.all(asked);
  if (!lately.ok || !monitoring.ok) return;
  find("decided").replaceChildren(...lately.answer.cases.map(decided));
  find("overridden").textContent = rate(monitoring.answer);
}

function rate({ judged, alarm, most_overridden: most }) {
  if (alarm) return "Alarm: " + alarm;
  if (!judged.reviewed) return "Nothing was decided yet.";
  const [low, high] = judged.ci95.map(percent);
  return (
    `Of the last ${judged.reviewed} decisions, ${judged.overridden} overrode the model: ${percent(judged.rate)} ` +
    `(95% interval ${low} to ${high}; it is an alarm if all of it is above ${percent(most)}).`
  );
}

function decided({ case: id, inputs, decision, review: { at, kind, content } }) {
  const isAccepted = kind === "accepted";
  const change = isAccepted
    ? answerText(decision.answer)
    : make("span", "", make("s", "", answerText(decision.answer)), " → ", answerText(content.answer));
  const said = make("p", "", make("span", isAccepted ? "tag" : "tag overridden", kind), ` ${facts.case} ${id}: `, change);
  const by = make("p", "hint", `${content.reviewer}, ${when.format(new Date(at))}`);
  const known = make("details", "", make("summary", "", "What was known"), inputsView(inputs, decision.warnings));
  return make("li", "", said, ...(content.reason ? [make("p", "quote", content.reason)] : []), by, known);
}
