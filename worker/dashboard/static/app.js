/* What pages do beyond plain HTML: keys, live state, charts with a cursor, previews as dialogs, files dropped on a form.
   Every page and every act works without it. Nothing here confirms anything: confirmation is a request that the server demands. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const keep = { get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows keep nothing */ } } };

  /* Focus: to the summary of what is wrong, else to the heading after an act */
  const first = one("#problem") || (one(".flash") && one("main h1"));
  if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }

  /* A pressed button says what it does, and cannot be pressed twice */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.defaultPrevented || event.target.method !== "post") return;
    setTimeout(() => { button.disabled = true; if (button.dataset.busy) button.textContent = button.dataset.busy; });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("button:disabled").forEach((button) => { button.disabled = false; });
  });

  /* Live: the state beside the heading, and soft figures when no event came for ten seconds */
  const state = one("#live-state"), stream = one("#live");
  if (state && stream) {
    const words = one(".live-words", state), button = one(".live-stop", state);
    let heard = Date.now(), at = "", stopped = keep.get("pressmark-stop") === "1";
    const zone = words.textContent.split(",").slice(1).join(",").trim();
    const show = () => {
      const late = !stopped && Date.now() - heard > 10000;
      document.body.classList.toggle("stale", late);
      button.hidden = false;
      button.textContent = stopped ? "Start updates" : "Stop updates";
      const text = stopped ? "Updates stopped" + (at ? ` at ${at}` : "") : late ? `Not live since ${at || "the page was loaded"}. Trying again.`
        : at ? `Live · ${at}, ${zone}` : words.textContent;
      if (words.textContent !== text) words.textContent = text;
    };
    stream.addEventListener("tick", (event) => { heard = Date.now(); at = event.detail.data; show(); });
    stream.addEventListener("htmx:sse:before:message", (event) => {
      if (stopped) { event.preventDefault(); event.detail.cancelled = true; }
    });
    stream.addEventListener("htmx:sse:before:connection", (event) => {
      if (stopped) { event.preventDefault(); event.detail.connection.cancelled = true; }
    });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) heard = Date.now(); });
    button.addEventListener("click", () => {
      stopped = !stopped;
      keep.set("pressmark-stop", stopped ? "1" : "0");
      if (stopped) show(); else location.reload();
    });
    setInterval(show, 1000);
    show();
  }

  /* Charts: uPlot draws what the table beside it says, with one cursor for all; without it the drawing of the server stays */
  const number = (cell) => (cell.dataset.v === "" ? null : Number(cell.dataset.v));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const resolved = (name) => { const probe = document.createElement("i"); probe.className = `ink-${name}`; document.body.append(probe);
    const value = getComputedStyle(probe).color; probe.remove(); return value; };
  const drawn = new Map();
  const read = (figure) => {
    const rows = all("tbody tr", figure).reverse();
    return [rows.map((row) => Number(row.dataset.t)), ...all("th[data-series]", figure).map((_, i) => rows.map((row) => number(row.cells[i + 1])))];
  };
  const stack = (data) => {
    const sums = data[0].map(() => 0);
    return [data[0], ...data.slice(1).map((values) => values.map((value, i) => (value === null ? null : (sums[i] += value)))).reverse()];
  };
  const chart = (figure) => {
    const bars = figure.dataset.kind === "bars", raw = read(figure), data = bars ? stack(raw) : raw;
    const names = all("th[data-series]", figure).map((head) => head.textContent);
    const inks = all("th[data-series]", figure).map((head) => resolved(head.dataset.series));
    if (bars) { names.reverse(); inks.reverse(); }
    const step = Number(figure.dataset.step), soft = resolved("soft"), rule = { stroke: resolved("line"), width: 1 };
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: figure.dataset.zone, ...(step < 86400 ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" }) });
    const time = (at) => format.format(new Date(at * 1000));
    const box = one(".plot", figure), options = {
      width: box.clientWidth, height: 130, legend: { show: false }, cursor: { sync: { key: "overview" }, y: false, points: { size: 5 } }, scales: { x: { range: (u, min, max) => [min, max + (bars ? step : 0)] }, y: { range: (u, min, max) => [0, Math.max(max * 1.1, 2)] } },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), figure.dataset.zone),
      axes: [{ stroke: soft, grid: { show: false }, ticks: { show: false }, size: 24, font: "11px system-ui", space: 80, values: (u, splits) => splits.map(time) },
        { stroke: soft, grid: rule, ticks: { show: false }, size: 40, font: "11px system-ui", space: 34 }],
      series: [{}, ...names.map((label, i) => ({ label, stroke: inks[i], width: bars ? 0 : 1.75, fill: bars ? inks[i] : undefined,
        paths: bars ? uPlot.paths.bars({ size: [0.9, 24], align: 1 }) : undefined, points: { show: !bars && raw[i + 1].filter((value) => value !== null).length < 3, size: 5 } }))],
      hooks: { setCursor: [(u) => {
        const i = u.cursor.idx, told = one(".told", figure);
        if (i === null || i === undefined) { told.textContent = ""; return; }
        const row = all("tbody tr", figure)[u.data[0].length - 1 - i];
        told.textContent = row ? [...row.cells].map((cell, n) => (n ? `${all("th", figure)[n].textContent.toLowerCase()} ${cell.textContent}` : cell.textContent)).join(" · ") : "";
      }] },
    };
    all("svg", box).forEach((svg) => svg.remove());
    drawn.get(figure)?.destroy();
    drawn.set(figure, new uPlot(options, data, box));
  };
  const draw = () => { if (window.uPlot) all("figure[data-kind]").forEach(chart); };
  draw();
  let sized; window.addEventListener("resize", () => { clearTimeout(sized); sized = setTimeout(draw, 150); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.addEventListener("htmx:after:swap", () => {
    all("figure[data-kind]").forEach((figure) => {
      const data = read(figure), plot = drawn.get(figure);
      if (plot) plot.setData(figure.dataset.kind === "bars" ? stack(data) : data);
    });
  });

  /* A preview is a page; where script runs it opens as a dialog over the list that it came from */
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const answer = await fetch(link.href).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page && one("main [data-preview]", page);
    if (!content) { location.href = link.href; return; }
    const dialog = document.createElement("dialog");
    dialog.append(document.importNode(content, true));
    dialog.setAttribute("aria-labelledby", one("h1, h2", dialog).id);
    document.body.append(dialog);
    all("a[data-cancel]", dialog).forEach((cancel) => cancel.addEventListener("click", (click) => { click.preventDefault(); dialog.close(); }));
    dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
    dialog.showModal();
  });

  /* Files: dropped on the text, or chosen; shown before anything is sent */
  const urls = one("textarea[data-drop]");
  if (urls) {
    const take = async (file) => {
      if (!file) return;
      urls.value = (await file.text()).slice(0, 5e6);
      one("#file-told").textContent = `${file.name}: ${urls.value.split("\n").filter((line) => line.trim()).length} lines. The first five stand on top. Nothing is sent yet.`;
    };
    urls.addEventListener("dragover", (event) => event.preventDefault());
    urls.addEventListener("drop", (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); take(event.dataTransfer.files[0]); } });
    one("input[type=file]")?.addEventListener("change", (event) => { take(event.target.files[0]); event.target.value = ""; });
  }

  /* Review: the topics and the main topic are boxes; a key presses what shows it. Choosing a main topic sets the topic too */
  const review = one("form[data-review]");
  if (review) {
    const guide = (name) => all("[data-guide]").forEach((part) => { part.hidden = part.dataset.guide !== name; });
    review.addEventListener("change", (event) => {
      const box = event.target;
      if (box.name === "primary" && box.value) { one(`input[name=topics][value="${CSS.escape(box.value)}"]`, review).checked = true; guide(box.value); }
      if (box.name === "topics") {
        guide(box.value);
        const main = one(`input[name=primary][value="${CSS.escape(box.value)}"]`, review);
        if (!box.checked && main?.checked) one("input[name=primary][value='']", review).checked = true;
      }
    });
  }

  /* Keys: each belongs to a control that shows it. On a keyboard without Latin letters the place of the key counts */
  const letter = (event) => (/^[\x20-\x7e]$/.test(event.key) ? event.key : event.code.startsWith("Key") ? event.code.slice(3).toLowerCase()
    : event.code.startsWith("Digit") ? event.code.slice(5) : event.key);
  const inField = (target) => target.isContentEditable || ["SELECT", "TEXTAREA"].includes(target.tagName)
    || (target.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(target.type));
  const off = one("#keys-off");
  if (off) { off.checked = keep.get("pressmark-keys") === "off"; off.addEventListener("change", () => keep.set("pressmark-keys", off.checked ? "off" : "on")); }
  let going = 0;
  const move = (by) => {
    const rows = all("[data-row]"), at = rows.indexOf(document.activeElement);
    rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
    return rows.length > 0;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.keyCode === 229) return;
    if (keep.get("pressmark-keys") === "off" || inField(event.target) || one("dialog[open]")) return;
    const key = letter(event), only = Boolean(review);
    if (key === "?") { event.preventDefault(); location.href = "/keys"; return; }
    if (key === "/") { event.preventDefault(); one("#q")?.focus(); return; }
    if (!only && Date.now() - going < 1500) {
      going = 0;
      const target = one(`[data-go="${CSS.escape(key)}"]`);
      if (target) { event.preventDefault(); target.click(); }
      return;
    }
    if (!only && key === "g") { going = Date.now(); return; }
    const control = all(`[data-key="${CSS.escape(key)}"]`).find((found) => found.offsetParent !== null || found.type === "checkbox" || found.type === "radio");
    if (control) { event.preventDefault(); control.click(); return; }
    if (!only && (key === "j" || key === "k") && move(key === "j" ? 1 : -1)) event.preventDefault();
  });

  /* Evidence: the next marked sentence, with the first again after the last; without script the link leads to the first */
  one("[data-evidence]")?.addEventListener("click", (event) => {
    const marks = all("h1 mark, .text mark"), at = marks.indexOf(document.activeElement);
    const next = marks[(at + 1) % marks.length];
    if (!next) return;
    event.preventDefault();
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  });

  /* The page that says that something is away looks whether it is back */
  const away = one("[data-away]");
  if (away) setInterval(async () => { if ((await fetch("/readyz").catch(() => null))?.ok) location.reload(); }, 3000);
})();
