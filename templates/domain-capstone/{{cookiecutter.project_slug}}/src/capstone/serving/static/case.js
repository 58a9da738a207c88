// What both pages show of a case: the model's answer, how sure it is, and the reasons.

import { call, find } from "./form.js";

export const facts = find("main").dataset;
export const options = JSON.parse(facts.options);
const inputs = JSON.parse(facts.inputs);

const MOST_OPTIONS = 4;
const LEAST_EFFECT = 0.0005; // on a chance; less is not shown
const LONGEST_VALUE = 60; // characters of a value beside its bar
const LONGEST_TEXT = 280; // characters of a text that are shown at once
const brief = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const exact = new Intl.NumberFormat("en", {
  useGrouping: false, // as in the form
  maximumSignificantDigits: 5,
  maximumFractionDigits: 0,
  roundingPriority: "morePrecision", // 5 digits, or all that stand before the point
});

export function percent(share) {
  const value = 100 * share;
  return (value > 0 && value < 1) || (value > 99 && value < 100) ? value.toFixed(1) + "%" : Math.round(value) + "%";
}

export function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

const input = (name) => inputs.find((one) => one.name === name);
const labelOf = (name) => name.replaceAll("_", " ");

export function shown(value, name) {
  if (value === null || value === undefined) return "not known";
  if (typeof value !== "number") return value;
  const unit = input(name) ? input(name).unit : "";
  return exact.format(value) + (unit ? " " + unit : "");
}

export function answerText(answer) {
  if (typeof answer !== "number") return answer;
  return exact.format(answer) + (facts.unit ? " " + facts.unit : "");
}

// The whole decision. `heading` is the tag of its title, so that headings follow one another in the page.
export function decisionView(decision, heading) {
  const view = make("div", "decision");
  view.append(
    make("p", "label", "The model's answer"),
    make(heading, "figure", answerText(decision.answer)),
    decision.options.length ? chances(decision) : interval(decision),
    verdict(decision),
    reasons(decision, heading)
  );
  return view;
}

function chances({ answer, options: all }) {
  const list = make("ul", "chances");
  all.forEach(({ name, chance }, place) => {
    const fill = make("span", "fill");
    fill.style.width = percent(chance);
    const track = make("span", "track", fill);
    const number = make("span", "number", percent(chance));
    const item = make("li", name === answer ? "given" : "", make("span", "name", name), track, number);
    item.hidden = place >= MOST_OPTIONS && name !== answer;
    list.append(item);
  });
  const part = make("div", "", list);
  if (list.querySelector("[hidden]")) {
    const more = make("button", "link", `show all ${all.length}`);
    more.type = "button";
    more.addEventListener("click", () => {
      list.querySelectorAll("[hidden]").forEach((item) => (item.hidden = false));
      more.remove();
    });
    part.append(more);
  }
  if (options.length && all[0].name !== answer) {
    part.append(make("p", "hint", "Not the likeliest answer, but the one that costs least, given what mistakes cost."));
  }
  return part;
}

function interval({ answer, interval: ends }) {
  if (!ends) return "";
  const [low, high] = ends;
  const mark = make("span", "mark");
  mark.style.left = (100 * (answer - low)) / (high - low || 1) + "%";
  const scale = make("div", "scale", mark);
  scale.setAttribute("aria-hidden", "true");
  const text = `Between ${exact.format(low)} and ${answerText(high)}, if this case is like the others.`;
  return make("div", "", scale, make("p", "hint", text));
}

function verdict({ accepted, why, uncertainty, limit }) {
  const title = make("strong", "", accepted ? "Accepted." : "A person decides.");
  const box = make("div", accepted ? "verdict accepted" : "verdict referred");
  if (accepted) {
    const said = ` The uncertainty, ${brief.format(uncertainty)}, is within the limit of ${brief.format(limit)}: no person has to look.`;
    box.append(make("p", "", title, said));
  } else if (why.length === 1) {
    box.append(make("p", "", title, ` Because ${why[0]}.`));
  } else {
    box.append(make("p", "", title, " Because:"), make("ul", "", ...why.map((one) => make("li", "", one))));
  }
  return box;
}

function reasons({ answer, reasons: all }, heading) {
  const isNumber = typeof answer === "number";
  const found = isNumber ? all : all.filter(({ effect }) => Math.abs(effect) >= LEAST_EFFECT);
  const part = make("div", "why", make(heading === "h2" ? "h3" : "h4", "", "Why"));
  if (!found.length) {
    part.append(make("p", "hint", "No single value changes the answer much."));
    return part;
  }
  const what = isNumber ? `in ${facts.unit || "the answer's unit"}` : `on the chance of “${answer}”, in percentage points`;
  part.append(make("p", "hint", `Effect of each ${inputs.length === 1 ? "part" : "value"} ${what}`));
  const largest = Math.max(...found.map(({ effect }) => Math.abs(effect)));
  part.append(make("ul", "reasons", ...found.map((one) => reason(one, largest, isNumber))));
  return part;
}

function reason({ input: name, value, effect }, largest, isNumber) {
  const bar = make("span", "fill");
  bar.style.width = (50 * Math.abs(effect)) / largest + "%";
  const amount = isNumber ? brief.format(Math.abs(effect)) : (100 * Math.abs(effect)).toFixed(1);
  const told = input(name) ? shown(value, name) : "";
  const isPassage = String(told).length > LONGEST_VALUE; // of a text
  const known = isPassage ? `“${told}”` : told;
  const label = make("span", "name", ...(isPassage && inputs.length === 1 ? [] : [make("strong", "", labelOf(name)), " "]), known);
  const number = make("span", "number", (effect > 0 ? "+" : "−") + amount);
  return make("li", (effect > 0 ? "up" : "down") + (isPassage ? " passage" : ""), label, make("span", "track", bar), number);
}

// The inputs of a case; a long text is folded.
export function inputsView(values, warnings) {
  const list = make("dl", "inputs");
  for (const [name, value] of Object.entries(values)) {
    const isText = typeof value === "string" && value.length > LONGEST_VALUE;
    const said = make("dd", "", isText ? longText(value) : shown(value, name));
    if (value === null) said.className = "unknown";
    if (Object.hasOwn(warnings, name)) said.append(make("span", "unlike", warnings[name]));
    list.append(make("div", isText ? "wide" : "", make("dt", "", labelOf(name)), said));
  }
  return list;
}

function longText(value) {
  if (value.length <= LONGEST_TEXT) return make("p", "text", value);
  const start = value.slice(0, LONGEST_TEXT).trimEnd() + " …";
  const rest = make("details", "", make("summary", "", `show all ${value.length.toLocaleString("en")} characters`));
  rest.append(make("p", "text", value));
  return make("div", "", make("p", "text", start), rest);
}

// A reviewer's token is known until the tab is closed. Encoding changes no token, and a header can hold whatever was typed.
export const token = { get: () => sessionStorage.getItem("token"), set: (value) => sessionStorage.setItem("token", value) };
export const callAsReviewer = (path, body) => call(path, body, { authorization: `Bearer ${encodeURIComponent(token.get())}` });

export function showWaiting(count) {
  find("waiting-count").textContent = count;
  find("waiting-count").hidden = !count;
}
