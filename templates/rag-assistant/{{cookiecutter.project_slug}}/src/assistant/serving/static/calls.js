// Asks the service. The site has another module of this name, which looks up recorded answers.

export const recorded = false;

/** Fetch, with the token if there is one; an error holds the service's own sentence. */
export async function call(path, options = {}) {
  const token = sessionStorage.getItem("token");
  const headers = { ...options.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(path, { ...options, headers }).catch(() => null);
  if (response?.ok) return response;
  if (response?.status === 401) document.getElementById("sign-in").hidden = false;
  const told = { detail: "This needs the service's token: type it into its field." };
  const problem = response?.status === 401 ? told : await response?.json().catch(() => null);
  throw new Error(problem?.detail ?? "The service did not answer. Is it still running?");
}
