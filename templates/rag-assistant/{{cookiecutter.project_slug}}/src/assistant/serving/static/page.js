// The page of the assistant. What documents, people and models wrote only ever goes into text nodes.

import { call, recorded } from "./calls.js";

const AROUND = 8000; // characters of a document that are shown before and after what is cited
const NOTHING = { start: 0, end: 0 };
const POLL = 500; // milliseconds between two looks at how far a document is
const RECORDED = "Recorded answers: no service runs here, and nothing leaves your browser.";
const CUT_OFF = "The answer is cut off here: it is longer than max_tokens allows.";
const JSON_BODY = { method: "POST", headers: { "content-type": "application/json" } };

const find = (id) => document.getElementById(id);
const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
const digits = (share) => (Math.floor(share * 1000 + 1e-6) / 1000).toFixed(3); // never rounded up to the threshold
const position = (text, characters) => [...text].slice(0, characters).join("").length; // some count as two here
const address = (id) => `/documents/${id.split("/").map(encodeURIComponent).join("/")}`;
const closeSource = () => find("source").replaceChildren();

let [about, asking] = [null, new AbortController()];

/** An element; strings among the children become text. */
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    name in element ? (element[name] = value) : element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Markdown, as far as it is needed to read well. Positions are kept, so that a sentence can be marked.

const LINES = {
  fence: /^[ \t]{0,12}(?:```|~~~)/,
  blank: /^[ \t\r]*$/,
  heading: /^ {0,3}#{1,6}[ \t]+/,
  table: /^[ \t]*\|/,
  item: /^[ \t]*(?:[-*+]|\d{1,4}[.)])[ \t]+/,
  paragraph: /^[ \t]*/,
};
// Code, bold, italics, the text of a link or picture, an escaped sign, a citation:
const WITHIN = /(?<!`)(`+)(?!`)(?<code>[^`]+)\1(?!`)|\*\*(?=\S)(?<strong>[^*]+)\*\*|\*(?=\S)(?<em>[^*]+)(?<=\S)\*|!?\[(?<link>[^[\]]*)\]\([^()\s]*\)|\\(?<sign>[!-/:-@[-`{-~])|\[(?<cited>\d{1,3})\]/dg;

/** The blocks of a text; `head` is what stands before the first word of one, such as "2. " or "## ". */
function blocks(text) {
  const found = [];
  let open = null;
  for (const { 0: line, index } of text.matchAll(/^.*$/gm)) {
    const end = index + line.length;
    const kind = Object.keys(LINES).find((name) => LINES[name].test(line));
    const [head] = LINES[kind].exec(line);
    if (kind === "fence") {
      open = open?.kind === "code" ? null : { kind: "code", start: end + 1, end: end + 1, head };
      if (open) found.push(open);
    } else if (open?.kind === "code" || (open && kind === "table" && open.kind === "table")) {
      open.end = end;
    } else if (kind === "blank") {
      open = null;
    } else if (kind === "paragraph" && open && open.kind !== "table") {
      open.end = end;
    } else {
      found.push({ kind, start: index + (kind === "table" ? 0 : head.length), end, head });
      open = kind === "heading" ? null : found.at(-1);
    }
  }
  return found;
}

/** Plain text; what lies in `mark` is highlighted. */
function words(text, start, end, mark) {
  const [low, high] = [mark.start, mark.end].map((edge) => Math.min(Math.max(edge, start), end));
  const marked = low < high ? [make("mark", {}, text.slice(low, high))] : [];
  return [text.slice(start, low), ...marked, text.slice(high, end)].filter(Boolean);
}

/** Nodes of running text; `cite` makes the button of a citation's number, or nothing for other numbers. */
function inline(text, start, end, mark, cite) {
  const nodes = [];
  let done = start;
  for (const { 0: whole, index, groups, indices } of text.slice(start, end).matchAll(WITHIN)) {
    const [name] = Object.entries(groups).find(([, value]) => value !== undefined);
    const [low, high] = indices.groups[name].map((position) => start + position);
    const button = name === "cited" && cite(Number(groups.cited));
    if (button === null) continue;
    nodes.push(...words(text, done, start + index, mark));
    const inner = ["strong", "em"].includes(name) ? inline(text, low, high, mark, cite) : words(text, low, high, mark);
    nodes.push(...(button ? [button] : ["link", "sign"].includes(name) ? inner : [make(name, {}, ...inner)]));
    done = start + index + whole.length;
  }
  return [...nodes, ...words(text, done, end, mark)];
}

function table(text, start, end, mark, cite) {
  const rows = [...text.slice(start, end).matchAll(/[^\n]+/g)].map(({ 0: row, index }) => [row, start + index]);
  const titled = rows.length > 1 && /^[\s|:-]*-[\s|:-]*$/.test(rows[1][0]);
  const cells = ([row, from], tag) => {
    const bounds = [...row.matchAll(/\\.|\|/g)].filter(([sign]) => sign === "|").map(({ index }) => index);
    if (row.slice(bounds.at(-1) + 1).trim()) bounds.push(row.length);
    const texts = bounds.slice(1).map((bound, at) => inline(text, from + bounds[at] + 1, from + bound, mark, cite));
    return make("tr", {}, ...texts.map((one) => make(tag, {}, ...one)));
  };
  const head = titled ? [make("thead", {}, cells(rows[0], "th"))] : [];
  const body = make("tbody", {}, ...rows.slice(titled ? 2 : 0).map((row) => cells(row, "td")));
  const scrolled = { className: "scroll", tabIndex: 0, role: "group", "aria-label": "Table" };
  return make("div", scrolled, make("table", {}, ...head, body));
}

/** Elements for the blocks of a text between `low` and `high`. */
function render(text, mark, cite, low = 0, high = text.length) {
  const nodes = [];
  for (const { kind, head, ...block } of blocks(text)) {
    const place = [text, Math.max(block.start, low), Math.min(block.end, high), mark];
    if (place[1] >= place[2]) continue;
    const tag = { heading: "h3", item: "li" }[kind] ?? "p";
    const code = kind === "code" && make("pre", { tabIndex: 0 }, make("code", {}, ...words(...place)));
    const element = code || (kind === "table" ? table(...place, cite) : make(tag, {}, ...inline(...place, cite)));
    element.style.marginInlineStart = `${Math.min(head.search(/[^ ]|$/), 12) / 2}em`;
    const list = kind === "item" && (/\d/.test(head) ? "OL" : "UL");
    if (list && nodes.at(-1)?.tagName !== list) nodes.push(make(list, {}));
    if (list === "OL") element.value = parseInt(head, 10);
    if (list) nodes.at(-1).append(element);
    else nodes.push(element);
  }
  return nodes;
}

async function ask(question) {
  asking.abort();
  const { signal } = (asking = new AbortController());
  const kind = find("kind").value;
  find("question").value = question;
  history.replaceState(null, "", `?${new URLSearchParams({ q: question })}`);
  closeSource();
  show([make("p", { className: "hint" }, "Searching…")], true);
  if (find("answer").getBoundingClientRect().top > innerHeight / 2) find("answer").scrollIntoView();
  try {
    if (!about) await load();
    const body = JSON.stringify({ question, where: kind ? { kind: [kind] } : {} });
    const started = performance.now();
    const response = await call("/ask/stream", { ...JSON_BODY, body, signal });
    let draft = "";
    for await (const [name, data] of events(response.body)) {
      if (name === "answer") return show(answer(data, response.headers.get("x-request-id"), performance.now() - started));
      if (name === "error") throw new Error(data.detail);
      if (name === "nearest") return show(offer(data));
      draft += data;
      if (about.model !== "quotation") show([make("div", { className: "prose" }, ...render(draft, NOTHING, () => null))], true);
    }
    throw new Error("The connection was lost before the answer was complete.");
  } catch (error) {
    if (!signal.aborted) show([make("p", { className: "error" }, error.message)]);
  }
}

/** What stands in the place of an answer that was not recorded. */
function offer(questions) {
  const buttons = questions.map((text) => make("button", { type: "button", onclick: () => ask(text) }, text));
  const said = "This page has recorded answers only, and none to that question. The nearest ones it can answer:";
  return [make("p", {}, said), make("div", { className: "examples" }, ...buttons)];
}

/** The server-sent events of a response as [name, data]. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    rest += value;
    for (const [, name, data] of rest.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)) yield [name, JSON.parse(data)];
    rest = rest.slice(rest.lastIndexOf("\n\n") + 1);
  }
}

function show(nodes, busy = false) {
  find("answer").setAttribute("aria-busy", busy); // it is read out when it is complete
  find("answer").replaceChildren(make("article", { className: "card" }, ...nodes));
}

function answer({ text, model, abstained, cut_off, confidence, citations, hits }, id, milliseconds) {
  const [first] = citations;
  const quoted = model === "quotation" && first;
  const within = (edge) => (quoted ? position(text, first.mark[edge] - first.span.start) : 0);
  const cite = (number) => {
    const one = citations.find((citation) => citation.number === number);
    const label = { className: "cite", "aria-label": `Source ${number}: ${one?.title}` };
    return one ? opener(label, one.document, one.mark, `[${number}]`) : null;
  };
  const others = hits.map((hit) => hit.chunk).filter((chunk) => citations.every((one) => one.chunk !== chunk.id));
  const took = recorded ? "" : `, ${(milliseconds / 1000).toFixed(2)} s`;
  const facts = `Confidence ${digits(confidence)} (refused below ${digits(about.threshold)})${took}`;
  return [
    make("h2", {}, quoted ? `Quotation from ${first.title}` : abstained ? "No answer" : `Answer by ${model}`),
    make("div", { className: "prose" }, ...render(text, { start: within("start"), end: within("end") }, cite)),
    ...(cut_off ? [make("p", { className: "error" }, CUT_OFF)] : []),
    make("p", { className: "hint confidence" }, facts),
    ...(quoted ? [] : sources("Sources", citations)),
    ...sources(abstained ? "Nearest passages" : "Further sources", others.slice(0, 3)),
    ...thumbs(id),
  ];
}

function sources(title, passages) {
  const entries = passages.map((one) => {
    const start = (one.quote ?? one.text).replace(/^#.*\n+|^ *```.*$|^[\s|:-]*--[\s|:-]*$/gm, "").replace(/[`*|]/g, "").slice(0, 200);
    const where = [...new Set([one.title, ...one.section])].join(" › ");
    const name = make("strong", {}, one.number ? `[${one.number}] ${where}` : where);
    return make("li", {}, opener({}, one.document, one.mark ?? one.span, name, make("span", {}, start)));
  });
  return entries.length ? [make("h3", {}, title), make("ul", { className: "sources" }, ...entries)] : [];
}

function thumbs(id) {
  if (find("upload").hidden) return []; // rating needs the token, too
  const box = make("p", { className: "thumbs", role: "status" }, "Did this help? ");
  const rate = async (helpful) => {
    const asked = call("/feedback", { ...JSON_BODY, body: JSON.stringify({ answer: id, helpful }) });
    box.textContent = await asked.then(() => "Thank you, that is noted.", (error) => error.message);
  };
  box.append(make("button", { onclick: () => rate(true) }, "Yes"), " ", make("button", { onclick: () => rate(false) }, "No"));
  return [box];
}

function opener(properties, id, mark, ...children) {
  const button = make("button", { type: "button", ...properties }, ...children);
  button.onclick = () => openSource(id, mark, button);
  return button;
}

async function openSource(id, mark, button) {
  const failed = (error) => ({ title: error.message, text: "" });
  const { title, text } = await call(address(id)).then((response) => response.json(), failed);
  const [start, end] = [mark.start, mark.end].map((edge) => position(text, edge));
  const shown = render(text, { start, end }, () => null, start - AROUND, end + AROUND);
  const body = make("div", { className: "prose", tabIndex: 0, role: "group", "aria-label": "Text" }, ...shown);
  const name = make("h2", { tabIndex: -1 }, title);
  const close = make("button", { type: "button", onclick: () => (closeSource(), button.focus()) }, "Close");
  find("source").replaceChildren(make("header", {}, name, close), body);
  name.focus({ preventScroll: true });
  const place = body.querySelector("mark")?.getBoundingClientRect().top ?? 0;
  body.scrollTop += place - body.getBoundingClientRect().top - body.clientHeight / 3;
  find("source").scrollIntoView({ block: "nearest" });
}

async function showDocuments() {
  const { documents, facets, examples, missed } = await (await call("/documents")).json();
  const entries = documents.map(({ id, title, chunks }) => {
    const entry = make("li", {}, opener({ title: id }, id, NOTHING, title), make("span", {}, count(chunks, "passage")));
    const onclick = () => call(address(id), { method: "DELETE" }).then(load).catch(tell);
    if (id.startsWith("uploads/")) entry.append(make("button", { onclick, "aria-label": `Delete ${title}` }, "Delete"));
    return entry;
  });
  const passages = count(documents.reduce((sum, one) => sum + one.chunks, 0), "passage");
  const kinds = Object.keys(facets.kind ?? {}).sort();
  find("counts").textContent = `${count(documents.length, "document")}, ${passages}`;
  find("documents").replaceChildren(...entries);
  const buttons = examples.map((text) => make("button", { type: "button", onclick: () => ask(text) }, text));
  const wrong = about.model === "quotation" ? "One it gets wrong" : "One that quoting gets wrong";
  const misses = missed.map((text) => make("button", { type: "button", className: "missed", onclick: () => ask(text) }, `${wrong}: ${text}`));
  find("examples").replaceChildren(...buttons, ...misses);
  find("filter").hidden = recorded || kinds.length < 2;
  find("kind").replaceChildren(new Option("all documents", ""), ...kinds.map((kind) => new Option(kind)));
}

function tell(said) {
  find("uploaded").textContent = said.message ?? said; // an error has a message
  find("uploaded").className = said.message ? "error" : "hint";
}

/** The document as the list shows it, once it is indexed; until then, tells how far it is. */
async function indexed(place) {
  for (;;) {
    const { document, embedded, passages, error } = await (await call(place)).json();
    if (error) throw new Error(error);
    if (document) return document;
    if (passages) {
      Object.assign(find("progress"), { max: passages, value: embedded });
      tell(`Indexing: ${embedded} of ${count(passages, "passage")}…`);
    }
    await new Promise((go) => setTimeout(go, POLL));
  }
}

async function upload() {
  const body = new FormData();
  body.append("file", find("file").files[0]);
  find("progress").removeAttribute("value");
  find("progress").hidden = false;
  tell(`Reading ${find("file").files[0].name}…`);
  try {
    const { progress } = await (await call("/documents", { method: "POST", body })).json();
    const { title, chunks } = await indexed(progress);
    await load().catch(tell);
    tell(`${title}: added, ${count(chunks, "passage")}.`);
  } catch (error) {
    tell(error);
  }
  find("progress").hidden = true;
  find("file").value = "";
}

async function load() {
  about = await (await call("/about")).json();
  const missing = !recorded && about.token_to_change && !sessionStorage.getItem("token");
  const how = about.model === "quotation" ? "you get the passage that answers" : `${about.model} answers from these documents`;
  document.title = find("title").textContent = about.title;
  const asking = `Ask in your own words: ${how}, with the source, or a plain no.`;
  find("lead").textContent = recorded ? `${RECORDED} Choose one of ${count(about.questions.length, "question")}.` : asking;
  find("unfitted").textContent = about.unfitted;
  find("recorded").replaceChildren(...(about.questions ?? []).map((question) => new Option(question)));
  find("question").maxLength = about.limits.question_characters;
  find("file").accept = about.suffixes.join(",");
  find("file-hint").textContent = `${about.suffixes.join(" ")}, at most ${about.limits.document_bytes / 1e6} MB, with ${count(about.limits.document_characters, "character")} and ${count(about.limits.document_sentences, "sentence")} of text`;
  find("sign-in").hidden = !missing;
  find("upload").hidden = missing || recorded;
  find("api").hidden = recorded;
  if (about.token_to_ask) find("ask").before(find("sign-in"));
  find("problem").textContent = "";
  if (!(about.token_to_ask && missing)) await showDocuments().catch((error) => (find("problem").textContent = error.message));
}

const asked = new URLSearchParams(location.search).get("q");
document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "ask") return ask(find("question").value);
  sessionStorage.setItem("token", find("token").value);
  load().catch(tell);
});
find("file").onchange = upload;
load().then(() => asked && ask(asked), tell);
