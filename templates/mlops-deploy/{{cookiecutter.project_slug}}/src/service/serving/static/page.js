"use strict";

const form = document.getElementById("ask");
const find = (id) => document.getElementById(id);
const inputs = () => [...form.querySelectorAll("[data-name]")];

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  const wrong = inputs().filter((element) => !element.checkValidity());
  wrong.forEach((element) => showError(element, element.validationMessage));
  if (wrong.length) return wrong[0].focus();
  find("predict").disabled = true;
  try {
    const response = await fetch("/predict", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(row()),
    });
    const body = await response.json();
    if (response.ok) showAnswer(body);
    else showRefusal(body);
  } catch {
    showFailure("The service did not answer. Is it still running?");
  } finally {
    find("predict").disabled = false;
  }
});

form.addEventListener("input", () => { find("answer").hidden = true; });

function row() {
  const given = inputs().filter((element) => element.value !== "");
  return Object.fromEntries(
    given.map(({ dataset, type, value }) => [dataset.name, type === "number" ? Number(value) : value])
  );
}

function clear() {
  for (const element of inputs()) {
    element.removeAttribute("aria-invalid");
    find(element.id + "-error").hidden = true;
  }
  find("failure").hidden = true;
  find("answer").hidden = true;
}

function showError(element, reason) {
  find(element.id + "-error").textContent = reason;
  find(element.id + "-error").hidden = false;
  element.setAttribute("aria-invalid", "true");
}

function showRefusal({ detail, request_id, errors = [] }) {
  for (const { field, reason } of errors) {
    const element = inputs().find(({ dataset }) => dataset.name === field);
    if (element) showError(element, reason);
  }
  showFailure(`${detail} (request ${request_id})`);
}

function showFailure(text) {
  find("failure").textContent = text;
  find("failure").hidden = false;
}

function showAnswer({ probability, model_version }) {
  find("score").textContent = (100 * probability).toFixed(1) + "%";
  find("caption").textContent = `probability of “${form.dataset.task}”, version ${model_version}`;
  find("version").textContent = model_version; // another one may have been released since the page was opened
  find("answer").hidden = false;
}
