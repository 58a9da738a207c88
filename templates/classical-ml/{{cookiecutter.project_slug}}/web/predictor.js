// The model in the browser. It does what inputs.py and service.py do on the server.

import * as ort from "./ort.wasm.bundle.min.mjs";
import { answer, effectScale, finish, output } from "./outcome.js";

const REASONS = 5;
const WORDS = { missing: "missing", other: "other" }; // as in inputs.py
const beside = (file) => new URL(file, import.meta.url).href;

ort.env.wasm.numThreads = 1; // more threads need headers that a free host does not send
ort.env.wasm.wasmPaths = { wasm: beside("ort-wasm-simd-threaded.wasm") };

const loaded = Promise.all([
  fetch(beside("../model.json")).then((response) => response.json()),
  ort.InferenceSession.create(beside("../model.onnx"), { logSeverityLevel: 3 }), // errors, not constants that it removes
]);
loaded.catch(() => {}); // the next question says so

const refusal = (detail) => ({ ok: false, answer: { detail } });

export async function predict(given) {
  let manifest, session;
  try {
    [manifest, session] = await loaded;
  } catch {
    return refusal("The model could not be loaded. Load this page again.");
  }
  const row = manifest.inputs.map(({ name }) => (Object.hasOwn(given, name) ? given[name] : null));
  const errors = manifest.inputs.flatMap((item, i) => refused(item, row[i]));
  if (errors.length) return refusal(errors);
  const { score, reasons } = await explain(session, manifest, row);
  if (![score].flat().every(Number.isFinite)) {
    return refusal("The model's prediction for these values is not a finite number.");
  }
  const warnings = manifest.inputs.flatMap((item, i) => unlikeTraining(item, row[i]));
  const found = { ...answer(manifest.outcome, score), reasons, warnings, model_version: manifest.version };
  return { ok: true, answer: found };
}

// The form has checked bounds; what is left are numbers that 32 bits have no room for.
function refused({ kind, name }, value) {
  const large = kind === "numeric" && value !== null && !Number.isFinite(Math.fround(value));
  return large ? [{ loc: ["body", name], msg: "This is beyond what the model can compute." }] : [];
}

function unlikeTraining({ kind, name, choices, seen, words }, value) {
  if (value === null) return [];
  if (kind === "text") {
    const known = wordsOf(value).some((word) => words.includes(word));
    return known ? [] : [{ field: name, reason: "has no word that the model knows" }];
  }
  if (kind === "categorical") {
    const known = choices.includes(value) || value === WORDS.other;
    return known ? [] : [{ field: name, reason: `'${value}' is new to the model and treated as '${WORDS.other}'` }];
  }
  const [first, last] = seen;
  if (first <= value && value <= last) return [];
  const [shown, from, to] = [value, first, last].map((one) => Number(one.toPrecision(6)));
  return [{ field: name, reason: `${shown} is outside the range seen in training, ${from} to ${to}` }];
}

const wordsOf = (text) => text?.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];

// One value as the model sees it: of a text, the known words.
function normalised({ kind, choices, words }, value) {
  if (kind === "text") return wordsOf(value).filter((word) => words.includes(word)).join(" ");
  if (kind === "numeric") return value === null ? NaN : Math.fround(value);
  return value === null ? WORDS.missing : choices.includes(value) ? value : WORDS.other;
}

// The score, and how it changes when one value is replaced by its typical one, in a single run of the model.
async function explain(session, { inputs, outcome }, row) {
  const own = inputs.map((item, i) => normalised(item, row[i]));
  const typical = inputs.map((item) => normalised(item, item.typical));
  const untypical = inputs.map((_, i) => i).filter((i) => own[i] !== typical[i]);
  const variants = [own, ...untypical.map((i) => own.with(i, typical[i]))];
  const scores = finish(outcome, await run(session, inputs, variants));
  const [scaled, ...replaced] = effectScale(scores);
  const effects = untypical.map((i, at) => {
    const { name, typical } = inputs[i];
    return { feature: name, value: row[i], typical, effect: scaled - replaced[at] };
  });
  const strongest = effects.filter(({ effect }) => effect).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  return { score: scores[0], reasons: strongest.slice(0, REASONS) };
}

// The model's own numbers for each row.
async function run(session, inputs, rows) {
  const feed = {};
  inputs.forEach(({ kind, key }, i) => {
    const values = rows.map((row) => row[i]);
    const type = kind === "numeric" ? "float32" : "string";
    feed[key] = new ort.Tensor(type, type === "string" ? values : Float32Array.from(values), [rows.length, 1]);
  });
  const { data } = (await session.run(feed))[output];
  const width = data.length / rows.length;
  return rows.map((_, at) => Array.from(data.slice(at * width, (at + 1) * width)));
}
