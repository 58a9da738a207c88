// Looks up recorded answers, in the place of the service.

export const recorded = true;

const NEAREST = 4; // questions that are offered

const found = fetch(new URL("../recorded.json", import.meta.url)).then((response) => response.json());

/** What the service answered to such a request when the site was made. */
export async function call(path, { body } = {}) {
  const { answers, ...pages } = await found;
  if (path !== "/ask/stream") return Response.json(pages[path]);
  const answer = answers[JSON.parse(body).question];
  const [name, data] = answer ? ["answer", answer] : ["nearest", nearest(JSON.parse(body).question, Object.keys(answers))];
  return new Response(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The recorded questions that share the most words with another one; rare words weigh more. */
function nearest(question, recorded) {
  const words = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  const known = recorded.map(words);
  const weight = (word) => Math.log(1 + recorded.length / known.filter((one) => one.has(word)).length);
  const wanted = [...words(question)];
  const score = (one) => wanted.filter((word) => one.has(word)).reduce((sum, word) => sum + weight(word), 0);
  const scored = recorded.map((text, at) => [text, score(known[at])]).sort(([, one], [, other]) => other - one);
  return scored.slice(0, NEAREST).map(([text]) => text);
}
