// Asks the service. The site has another module of this name, which looks up recorded answers.

export const recorded = false;

const NEEDS_TOKEN = "This needs the service's token: type it into its field.";

/** Fetch, with the token if there is one; an error holds the service's own sentence. */
export async function call(path, options = {}) {
  const token = sessionStorage.getItem("token");
  const headers = { ...options.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(path, { ...options, headers }).catch(() => null);
  if (response?.ok) return response;
  if (response?.status === 401) document.getElementById("sign-in").hidden = false;
  if (!response) throw new Error("The service did not answer. Is it still running?");
  throw new Error(response.status === 401 ? NEEDS_TOKEN : await refusal(response));
}

/** The words of a refusal; what the server itself refuses, such as a large body, is plain text. */
async function refusal(response) {
  const said = await response.text();
  if (!response.headers.get("content-type")?.startsWith("application/json")) return said;
  const { detail } = JSON.parse(said);
  return typeof detail === "string" ? detail : detail.map(({ loc, msg }) => `${loc.slice(1).join(".")}: ${msg}`).join("; ");
}
