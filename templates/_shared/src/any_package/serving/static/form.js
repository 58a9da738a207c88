// The form of a page: its fields are checked, sent as JSON, and refused one by one.

export const find = (id) => document.getElementById(id);

export const fields = [...document.querySelectorAll("#ask [data-name]")];

// A column may have any name: data-name hides no member of the form, and fromEntries can set even __proto__.
export const fieldOf = (name) => fields.find(({ dataset }) => dataset.name === name);

function given() {
  const filled = fields.filter(({ value }) => value !== "");
  return Object.fromEntries(
    filled.map(({ dataset, type, value }) => [dataset.name, type === "number" ? Number(value) : value])
  );
}

// Writes an example into the form.
export function fill(values) {
  clearErrors();
  for (const field of fields) {
    const value = values[field.dataset.name] ?? "";
    field.value = value;
    if (field.value !== String(value) && field.tagName === "SELECT") {
      field.add(new Option(value, value, false, true)); // too rare to be listed
    }
  }
}

// Sends JSON, or asks for it; gives status, answer and the id of the request. Some refusals are plain text.
export async function call(path, body, headers = {}) {
  const json = { ...headers, "content-type": "application/json" };
  const response = await fetch(path, body ? { method: "POST", headers: json, body: JSON.stringify(body) } : { headers });
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const answer = isJson ? await response.json() : { detail: await response.text() };
  return { ok: response.ok, status: response.status, answer, id: response.headers.get("x-request-id") };
}

// Asks `ask` when the form is sent; `hideAnswer` takes away the last answer if there is no new one.
export function askOnSubmit(ask, showAnswer, hideAnswer) {
  const button = document.querySelector("button[type=submit]");
  find("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors();
    const wrong = fields.filter((field) => !field.checkValidity());
    wrong.forEach((field) => showError(field, field.validationMessage));
    if (wrong.length) return wrong[0].focus();
    button.disabled = true;
    try {
      const { ok, answer, id } = await ask(given());
      if (ok) return showAnswer(answer);
      hideAnswer();
      showRefusal(answer.detail, id);
    } catch {
      hideAnswer();
      showFailure("The service did not answer. Is it still running?");
    } finally {
      button.disabled = false;
    }
  });
}

// The words of a refusal: its sentence or, if the request does not fit, one error for each place in it.
export function wordsOf(detail) {
  if (typeof detail === "string") return detail;
  return detail.map(({ loc, msg }) => `${loc.slice(1).join(".") || "request"}: ${msg}`).join("; ");
}

function showRefusal(detail, id) {
  const errors = Array.isArray(detail) ? detail : [];
  const marked = errors.filter(({ loc }) => fieldOf(loc[1]));
  marked.forEach(({ loc, msg }) => showError(fieldOf(loc[1]), msg));
  const others = Array.isArray(detail) ? errors.filter((error) => !marked.includes(error)) : detail;
  const said = wordsOf(others) || "Some values cannot be used.";
  showFailure(id ? `${said} (request ${id})` : said);
}

function showFailure(text) {
  find("failure").textContent = text;
  find("failure").hidden = false;
}

export function showError(field, reason) {
  const place = find(field.id + "-error");
  place.textContent = reason;
  place.hidden = !reason;
  if (reason) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

export function clearErrors() {
  fields.forEach((field) => showError(field, ""));
  find("failure").hidden = true;
}
