import { askOnSubmit, call, find } from "./form.js";

const form = find("ask");

askOnSubmit((row) => call("/predict", row), showAnswer, hideAnswer);
form.addEventListener("input", hideAnswer);

function hideAnswer() {
  find("answer").hidden = true;
}

function showAnswer({ probability, model_version }) {
  find("score").textContent = (100 * probability).toFixed(1) + "%";
  find("caption").textContent = `probability that ${form.dataset.task}, version ${model_version}`;
  find("version").textContent = model_version; // another one may have been released since the page was opened
  find("answer").hidden = false;
}
