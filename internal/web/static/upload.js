// Checks a chosen file on this computer before it is sent, and shows how far the
// sending is. Where this script or WebAssembly does not run the plain form does:
// the server checks everything again in any case.

const silence = 60_000; // milliseconds after which a worker is given up
const quick = 1_000_000; // bytes that are sent before anybody looks for progress

const cancelled = Symbol("cancelled");

// Checker speaks with the worker that runs the check.
class Checker {
  #config;
  #worker;
  #settle;
  #deadline;
  broken = !("Worker" in window && "WebAssembly" in window);

  constructor(config) {
    this.#config = config;
  }

  // start loads the program, so that it is there when a file has been chosen.
  start() {
    if (this.broken || this.#worker) return;
    this.#worker = new Worker(this.#config.worker);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#giveUp();
    };
    this.#worker.postMessage({ start: this.#config });
  }

  // check resolves to what is to be shown of a file, to null where the check does
  // not run here, or to cancelled.
  check(file, expect, progress) {
    this.start();
    if (this.broken) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#settle = (result) => {
        clearTimeout(this.#deadline);
        this.#settle = undefined;
        resolve(result);
      };
      this.#worker.onmessage = ({ data }) => {
        if ("fault" in data) this.#giveUp();
        else if ("progress" in data) progress(data.progress);
        else this.#settle?.(data.summary);
        if (this.#settle) this.#wait();
      };
      this.#wait();
      this.#worker.postMessage({ file, expect, language: this.#config.language });
    });
  }

  // cancel ends a check that nobody waits for any more. A running program can be
  // ended only with its worker.
  cancel() {
    if (!this.#settle) return;
    this.#worker.terminate();
    this.#worker = undefined;
    this.#settle(cancelled);
  }

  #wait() {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#giveUp(), silence);
  }

  #giveUp() {
    this.broken = true;
    this.#worker?.terminate();
    this.#settle?.(null);
  }
}

// element makes an element with attributes and children; texts are never markup.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== ""));
  return made;
}

const colours = { good: "verdict-good", warned: "verdict-warned" };

// show makes the section that says what was found in a file.
function show(file, summary, words) {
  const section = element("section", { class: `verdict ${colours[summary.verdict] ?? "verdict-bad"} stack`, "data-verdict": summary.verdict, tabindex: "-1" },
    element("h2", {}, summary.title),
    element("p", {}, element("strong", {}, file.name), summary.text && ` – ${summary.text}`));
  if (summary.facts.length > 0) {
    const facts = summary.facts.map((fact) => element("div", {}, element("dt", {}, fact.name), element("dd", {}, fact.value)));
    section.append(element("dl", { class: "facts" }, ...facts));
  }
  if (summary.findings.length > 0) {
    const findings = summary.findings.map((finding) => element("li", { class: `finding finding-${finding.severity}` },
      element("strong", {}, `${finding.severity_name}:`), ` ${finding.message}`,
      element("p", { class: "places" }, finding.places, " ", element("code", {}, finding.code))));
    section.append(element("h3", {}, words.findings), element("ol", { class: "findings" }, ...findings));
  }
  if (summary.totals.length > 0) {
    const rows = summary.totals.map((total) => element("tr", {}, element("th", { scope: "row" }, total.name), element("td", { class: "number" }, total.value)));
    section.append(element("details", {}, element("summary", {}, `${words.totals} (${rows.length})`),
      element("table", { "aria-label": words.totals }, element("tbody", {}, ...rows))));
  }
  return section;
}

const size = (files) => files.reduce((sum, file) => sum + file.size, 0);

// enhance makes a form with a file field check what is chosen.
function enhance(form) {
  const config = JSON.parse(form.querySelector("script[data-checker]").textContent);
  const field = form.querySelector('input[type="file"]');
  const button = form.querySelector('button[type="submit"]');
  const status = form.querySelector("[data-status]");
  const results = form.querySelector("[data-results]");
  const bar = element("progress", { max: "1" });
  const checker = new Checker(config);
  let run = 0; // counts the choices: what belongs to an earlier one is not shown
  let checking = false;
  let refused = false;
  let wanted = false; // to be sent as soon as it is checked
  let sending = false;

  function say(words, progress) {
    // The same again would be read out again.
    if (status.textContent !== words) status.textContent = words;
    status.classList.remove("visually-hidden");
    if (progress === undefined) {
      bar.remove();
      return;
    }
    bar.setAttribute("aria-label", words);
    bar.value = progress;
    if (!bar.isConnected) status.after(bar);
  }

  function refuse(yes) {
    const focused = document.activeElement === button;
    refused = yes;
    button.disabled = yes;
    if (yes && focused) results.firstElementChild.focus();
  }

  async function check() {
    if (sending) return;
    const mine = ++run;
    checker.cancel();
    results.replaceChildren();
    refuse(false);
    checking = wanted = false;
    const files = [...field.files];
    if (size(files) > config.largest) {
      const words = files.length > 1 ? config.words.too_much : config.words.too_large;
      say(words);
      results.append(element("p", { class: "verdict verdict-bad", "data-verdict": "too_large", tabindex: "-1" }, words));
      status.classList.add("visually-hidden");
      refuse(true);
      return;
    }
    if (files.length === 0 || checker.broken) {
      say("");
      return;
    }
    checking = true;
    const value = (name) => form.elements[name]?.value ?? "";
    const expect = { form: value("form"), organisation: value("organisation") || config.organisation, period: value("period") };
    const said = [];
    for (const [i, file] of files.entries()) {
      const progress = (share) => mine === run && say(config.words.checking, (i + share) / files.length);
      progress(0);
      const summary = await checker.check(file, expect, progress);
      if (mine !== run || summary === cancelled) return;
      if (!summary) break; // the server's check serves alone
      results.append(show(file, summary, config.words));
      said.push(summary);
    }
    checking = false;
    const personal = said.some((summary) => summary.verdict === "personal");
    if (said.length < files.length && !personal) {
      said.length = 0;
      results.replaceChildren();
    }
    say(said.map((summary) => summary.title).join(" "));
    // The verdicts are there to be read; the line is for those who listen.
    status.classList.add("visually-hidden");
    refuse(personal);
    // Whoever pressed the button before the verdict was there has not seen it.
    if (wanted && !refused && !said.some((summary) => summary.verdict === "faulty")) form.requestSubmit(button);
  }

  // send sends a large file with a bar that says how far it is.
  function send() {
    const request = new XMLHttpRequest();
    const failed = () => {
      sending = button.disabled = false;
      say(config.words.broken);
    };
    request.upload.onprogress = (event) => event.lengthComputable && say(config.words.sending, event.loaded / event.total);
    request.upload.onload = () => say(config.words.sent);
    request.onerror = failed;
    request.onabort = failed;
    request.onload = () => {
      if (request.responseURL !== form.action) location.assign(request.responseURL);
      else if (request.response) replace(request.response);
      else failed();
    };
    request.open("POST", form.action);
    request.responseType = "document";
    request.send(new FormData(form));
    sending = button.disabled = true;
    say(config.words.sending, 0);
  }

  form.addEventListener("submit", (event) => {
    if (refused || checking || sending) {
      event.preventDefault();
      wanted = checking;
    } else if (size([...field.files]) > quick) {
      event.preventDefault();
      send();
    }
  });
  form.addEventListener("change", check);
  for (const name of ["pointerenter", "focusin"]) form.addEventListener(name, () => checker.start(), { once: true });
  allowDrop(form.querySelector("[data-drop]"), field, config.words.drop);
  // Browsers keep a choice over a reload, and the whole page for the way back.
  check();
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sending = false;
    check();
  });
}

// allowDrop lets files be dropped on the field.
function allowDrop(zone, field, words) {
  zone.append(element("p", { class: "hint", "aria-hidden": "true" }, words));
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    const chosen = new DataTransfer();
    for (const file of [...event.dataTransfer.files].slice(0, field.multiple ? undefined : 1)) chosen.items.add(file);
    if (chosen.files.length === 0) return;
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // A file that misses the zone must not take the place of the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
}

// replace shows a page that came as the answer to a form.
function replace(answer) {
  const main = document.importNode(answer.querySelector("main"), true);
  document.querySelector("main").replaceWith(main);
  document.title = answer.title;
  main.querySelectorAll("form[data-upload]").forEach(enhance);
  scrollTo(0, 0);
  main.focus();
}

document.querySelectorAll("form[data-upload]").forEach(enhance);
