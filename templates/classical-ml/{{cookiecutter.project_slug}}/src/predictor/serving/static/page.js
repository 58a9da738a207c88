import { effectText, LEAST_EFFECT, showOutcome } from "./answer.js";
import { make, strong } from "./elements.js";
import { askOnSubmit, clearErrors, fieldOf, fill, find } from "./form.js";
import { predict } from "./predictor.js";

const form = find("ask");
const exact = new Intl.NumberFormat("en", {
  useGrouping: false, // as in the form
  maximumSignificantDigits: 7,
  maximumFractionDigits: 0,
  roundingPriority: "morePrecision", // 7 digits, or all that stand before the point
});

const LONGEST = 80; // characters of a text among the reasons

const narrow = matchMedia("(max-width: 60rem)"); // as in page.css: the answer is a bar at the bottom

narrow.addEventListener("change", openReasons);

askOnSubmit(predict, showAnswer, hideAnswer);
for (const button of form.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => {
    fill(JSON.parse(button.dataset.example));
    form.requestSubmit();
  });
}
form.addEventListener("input", markStale);
form.addEventListener("reset", () => {
  clearErrors();
  markStale();
});

function markStale() {
  find("stale").hidden = find("answer").hidden;
}

function hideAnswer() {
  for (const id of ["waiting", "stale", "answer", "why"]) find(id).hidden = true;
}

function showAnswer(answer) {
  find("waiting").hidden = true;
  find("stale").hidden = true;
  find("answer").hidden = false;
  if (find("why").hidden) openReasons();
  find("why").hidden = false;
  showOutcome(answer);
  showCautions(answer.warnings);
  showReasons(answer.reasons);
  const { top, bottom } = find("verdict").getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) find("result").scrollIntoView();
}

// On a narrow screen the reasons open on tap, so that the bar leaves room for the form.
function openReasons() {
  find("why").open = !narrow.matches;
}

function showCautions(cautions) {
  const list = find("cautions");
  list.replaceChildren(...cautions.map(({ field, reason }) => make("li", "", `${labelOf(field)}: ${reason}`)));
  list.hidden = cautions.length === 0;
}

function showReasons(all) {
  const reasons = all.filter(({ effect }) => Math.abs(effect) >= LEAST_EFFECT);
  const largest = Math.max(...reasons.map(({ effect }) => Math.abs(effect)), Number.MIN_VALUE);
  find("reasons").replaceChildren(...reasons.map((reason) => reasonItem(reason, largest)));
  find("no-reasons").hidden = reasons.length > 0;
  find("compared").hidden = reasons.length === 0;
}

function reasonItem({ feature, value, typical, effect }, largest) {
  const item = make("li", effect > 0 ? "up" : "down");
  const text = make("p", "reason-text");
  text.append(strong(labelOf(feature)), ` ${shown(value)} `, make("span", "typical", `typical: ${shown(typical)}`));
  const line = make("div", "reason-line");
  const track = make("span", "track");
  const bar = make("span", "bar");
  bar.style.width = (50 * Math.abs(effect)) / largest + "%";
  track.append(bar);
  const said = `${effect > 0 ? "raises" : "lowers"} it by ${effectText(Math.abs(effect))}`;
  line.append(track, make("span", "effect", said));
  item.append(text, line);
  return item;
}

function labelOf(name) {
  const element = fieldOf(name);
  return element ? element.dataset.label : name;
}

function shown(value) {
  if (value === null) return "not known";
  if (typeof value === "number") return exact.format(value);
  if (value === "") return "no text";
  return value.length > LONGEST ? value.slice(0, LONGEST) + "…" : value;
}
