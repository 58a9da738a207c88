// Checks a repository in the browser. This file is both the page and the worker that it starts, which runs Python.

const SKIPPED = new Set([".git", ".venv", "venv", "node_modules", "__pycache__"]); // folders that the check skips, too
const MOST_FILES = 20_000;
const MOST_BYTES = 200_000_000;
const PATIENCE = 180_000; // milliseconds
const PAGES = {
  html: ["report.html", "text/html"],
  json: ["report.json", "application/json"],
  badge: ["badge.svg", "image/svg+xml"],
};

if (typeof document === "undefined") runWorker();
else showPage();

function runWorker() {
  const python = startPython();
  onmessage = async ({ data: { given, name } }) => {
    try {
      const { pyodide, module } = await python;
      const pages = module.answer(pyodide.toPy(given), name);
      postMessage(pages.toJs({ dict_converter: Object.fromEntries }));
    } catch (error) {
      const why = String(error).trim().split("\n").at(-1);
      postMessage({ fault: `Python stopped in this browser: ${why}. Use the command.` });
    }
  };
}

async function startPython() {
  const { loadPyodide } = await import("./pyodide/pyodide.mjs");
  const pyodide = await loadPyodide();
  const packages = await fetch(new URL("check.zip", import.meta.url));
  if (!packages.ok) throw new Error("check.zip is not there");
  const extractDir = pyodide.runPython("import site; site.getsitepackages()[0]");
  pyodide.unpackArchive(await packages.arrayBuffer(), "zip", { extractDir });
  return { pyodide, module: pyodide.pyimport("check_archive") };
}

function showPage() {
  const part = (id) => document.getElementById(id);
  let worker;
  let busy = false;

  const say = (text) => { part("check-state").textContent = text; };

  async function check(gather) {
    if (busy) return;
    busy = true;
    part("check-result").hidden = true;
    part("check-download").hidden = true;
    try {
      say("Reading…");
      const { given, name } = await gather();
      say("Checking. The first time, your browser loads 14 MB: Python and the check…");
      const pages = await ask({ given, name });
      if (pages.problem) throw new Error(pages.problem);
      show(pages);
    } catch (error) {
      say(error.message);
    } finally {
      busy = false;
    }
  }

  function ask(message) {
    worker ??= new Worker(new URL(import.meta.url), { type: "module" });
    return new Promise((resolve, reject) => {
      const stop = (why) => { worker.terminate(); worker = undefined; reject(new Error(why)); };
      const clock = setTimeout(() => stop("The check took too long and was stopped. Use the command."), PATIENCE);
      worker.onmessage = ({ data }) => {
        clearTimeout(clock);
        if (data.fault) stop(data.fault); // the next check begins with a new Python
        else resolve(data);
      };
      worker.onerror = () => {
        clearTimeout(clock);
        stop("Python could not be started in this browser. Use the command.");
      };
      worker.postMessage(message);
    });
  }

  function show(pages) {
    for (const [form, [file, type]] of Object.entries(PAGES)) {
      part(`check-${form}`).href = URL.createObjectURL(new Blob([pages[form]], { type }));
      part(`check-${form}`).download = file;
    }
    part("check-image").src = part("check-badge").href;
    const [report] = JSON.parse(pages.json).reports;
    part("check-image").alt = `Badge: portfolio level ${report.label}`;
    const frame = part("check-report").cloneNode(); // Chromium leaves one blank that was hidden and is filled again
    frame.src = part("check-html").href;
    frame.onload = () => { // its links to files lead nowhere here
      for (const link of frame.contentDocument.querySelectorAll('a[href^="./"]')) link.removeAttribute("href");
    };
    part("check-report").replaceWith(frame);
    part("check-result").hidden = false;
    say(`${report.name}: ${report.label}, ${report.score}% of its items are done or written.`);
  }

  async function archive(file) {
    return { given: await file.arrayBuffer(), name: file.name };
  }

  async function folder(files) {
    const given = [];
    let bytes = 0;
    for await (const [path, file] of files) {
      if (path.split("/").some((name) => SKIPPED.has(name))) continue;
      bytes += file.size;
      if (given.length >= MOST_FILES || bytes > MOST_BYTES) {
        throw new Error("This folder is too much for a browser. Use the command.");
      }
      given.push([path, await file.arrayBuffer(), false]);
    }
    return { given, name: "repository" };
  }

  async function fetched(address) {
    const url = archiveOf(address);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return { given: await answer.arrayBuffer(), name: url.pathname.split("/")[2] };
    part("check-download").hidden = false;
    part("check-archive").href = url;
    throw new Error(`${url.host} does not let other pages read this archive, or there is none for everybody to read.`);
  }

  part("check-address").addEventListener("submit", (event) => {
    event.preventDefault();
    check(() => fetched(event.target.elements.address.value));
  });
  part("check-zip").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    if (file) check(() => archive(file));
    target.value = ""; // so that the same file can be chosen again
  });
  part("check-folder").addEventListener("change", ({ target }) => {
    const files = Array.from(target.files, (file) => [file.webkitRelativePath, file]);
    if (files.length) check(() => folder(files));
    target.value = "";
  });
  part("check-drop").addEventListener("dragover", (event) => event.preventDefault());
  part("check-drop").addEventListener("drop", (event) => {
    event.preventDefault();
    const [item] = event.dataTransfer.items;
    const entry = item?.webkitGetAsEntry();
    if (entry?.isDirectory) check(() => folder(filesIn(entry)));
    else if (event.dataTransfer.files[0]) check(() => archive(event.dataTransfer.files[0]));
  });
}

// The address of a zip archive of a repository, as most forges have it.
function archiveOf(address) {
  const url = new URL(address);
  const [owner, repository, ...rest] = url.pathname.split("/").filter(Boolean);
  if (url.protocol !== "https:" || !repository) throw new Error("An address is like https://host/owner/repository.");
  const ref = rest.includes("tree") ? rest.slice(rest.indexOf("tree") + 1).join("/") : "HEAD";
  const name = repository.replace(/\.git$/, "");
  const path = url.host.startsWith("gitlab.") ? `-/archive/${ref}/${name}.zip` : `archive/${ref}.zip`;
  return new URL(`/${owner}/${name}/${path}`, url.origin);
}

async function* filesIn(entry) {
  if (entry.isFile) {
    yield [entry.fullPath.slice(1), await new Promise((resolve, reject) => entry.file(resolve, reject))];
  } else if (!SKIPPED.has(entry.name)) {
    const reader = entry.createReader();
    const next = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    for (let some = await next(); some.length; some = await next()) {
      for (const one of some) yield* filesIn(one);
    }
  }
}
