"use strict";

// htmx does most of the work (see the hx- attributes); this is the rest.

const find = (id) => document.getElementById(id);

// When an example is chosen, put it into the input box.
document.addEventListener("click", (event) => {
  const example = event.target.closest(".examples a");
  const box = find("q");
  if (example && box) box.value = example.textContent;
});

// Scroll to the cited words in their document, and on a small screen to the document itself.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.target?.id !== "source") return;
  showPassage();
  if (matchMedia("(max-width: 62rem)").matches) find("source").scrollIntoView();
});

showPassage();

function showPassage() {
  const passage = find("passage");
  const text = document.querySelector("#source .text");
  if (passage && text) text.scrollTop = passage.offsetTop - text.clientHeight / 3;
}

// Show a refusal of the API as a sentence above what would have been replaced.
document.addEventListener("htmx:response:error", (event) => {
  const ctx = event.detail.ctx;
  if (!ctx.response.headers.get("content-type")?.includes("problem+json")) return;
  const words = document.createElement("p");
  words.className = "error";
  words.setAttribute("role", "alert");
  words.textContent = JSON.parse(ctx.text).detail;
  ctx.text = words.outerHTML;
  ctx.swap = "afterbegin";
});

// Without a response, htmx has nothing to show.
document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.target?.id === "answer") fail("The service did not answer. Is it still running?");
});

document.addEventListener("htmx:sse:error", () => fail("The connection was lost before the answer was complete."));

function fail(text) {
  const box = document.createElement("div");
  box.className = "reply failure";
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  find("answer").replaceChildren(box);
}
