// The agenda beyond plain HTML: arrow keys, dialogs over it, dragging, and following changes. Without this file every
// visit and every empty time is a link, and every change a form.
"use strict";

const send = (address, fields) =>
  fetch(address, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "text/html" } });

// The patient on the phone is looked for while their name is typed; Enter goes to the first who was found.
(() => {
  let asked = 0;
  let timer = 0;
  const look = async (field) => {
    const mine = ++asked;
    clearTimeout(timer);
    const list = field.form.querySelector("[data-found]");
    const status = field.form.querySelector("[data-found-status]");
    const answer = await send(field.dataset.find, { csrf: field.form.elements.csrf.value, q: field.value }).catch(() => null);
    const found = answer?.ok && !answer.redirected ? await answer.text() : null;
    if (mine !== asked) return false;
    // Whoever was found before is not who is meant now.
    list.innerHTML = found ?? "";
    const count = list.querySelector("[data-found-count]");
    status.textContent = found === null ? document.querySelector("[data-agenda]")?.dataset.failed ?? "" : count ? count.textContent : "";
    return found !== null;
  };
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-find]")) return;
    clearTimeout(timer);
    timer = setTimeout(look, 150, field);
  });
  document.addEventListener("keydown", async (event) => {
    const field = event.target;
    if (!field.matches?.("[data-find]") || event.isComposing || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    // A key that is held down must not press who is found.
    if (event.repeat) return;
    if (await look(field) && document.activeElement === field) field.form.querySelector("[data-found] button")?.focus();
  });
})();

(() => {
  const root = document.querySelector("[data-agenda]");
  if (!root) return;
  const words = root.dataset;
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
  const query = new URLSearchParams(new URL(words.here, location.href).search);
  const moving = new URLSearchParams(location.search).get("move");
  if (moving) query.set("move", moving);

  // What dragging needs (agenda_drag.js), and whether it is going on: then nothing is replaced under the pointer.
  const shared = (globalThis.agenda = { root, moving, busy: false });
  const pixels = () => {
    const day = root.querySelector("[data-day]");
    const columns = [...root.querySelectorAll("[data-minutes]")].map((column) => Number(column.dataset.minutes));
    return day ? day.getBoundingClientRect().height / Math.max(...columns) : 1;
  };

  // Places: minutes from the first one of a column, as classes (agenda.css).
  const place = (element, from, length) => {
    element.classList.remove(...[...element.classList].filter((name) => /^d?[hm]\d+$/.test(name)));
    element.classList.add(`h${Math.floor(from / 60)}`, `m${from % 60}`);
    if (length) element.classList.add(`dh${Math.floor(length / 60)}`, `dm${length % 60}`);
  };
  const minutesOf = (element) => {
    const value = (kind) => Number([...element.classList].find((name) => RegExp(`^${kind}\\d+$`).test(name))?.slice(kind.length) ?? 0);
    return value("h") * 60 + value("m");
  };

  // What has just happened, at the foot of the window, so that nothing moves for it.
  const notices = document.querySelector("[data-notice]");
  const tell = (text, kind, undo) => {
    const box = document.createElement("div");
    box.className = `notice ${kind} agenda-notice`;
    const row = box.appendChild(document.createElement("div"));
    row.className = "row";
    const said = row.appendChild(document.createElement("p"));
    said.setAttribute("role", "status");
    // Whoever pressed a button of the last word goes on with this one's.
    const pressed = notices.contains(document.activeElement);
    notices.replaceChildren(box);
    said.textContent = text;
    const button = (label, act) => {
      const made = row.appendChild(document.createElement("button"));
      made.className = "button quiet small";
      made.type = "button";
      made.textContent = label;
      made.addEventListener("click", act);
    };
    if (undo) button(words.undo, undo);
    button(document.querySelector("[data-close]").textContent, () => {
      notices.replaceChildren();
      goTo(current);
    });
    if (pressed) row.querySelector("button").focus();
  };

  // Arrow keys: one stop for Tab, then from time to time and from column to column.
  const items = (within) => [...within.querySelectorAll("[data-cell]")];
  let current = null;
  const rove = () => {
    const all = items(root);
    if (!all.includes(current)) {
      const line = root.querySelector("[data-now]");
      const soon = line && items(line.closest("[data-column]")).find((item) => minutesOf(item) >= minutesOf(line));
      current = soon ?? root.querySelector("[aria-current=date]") ?? all[0] ?? null;
    }
    for (const item of all) item.tabIndex = item === current ? 0 : -1;
  };
  const nearest = (column, cell) => {
    const far = (item) => Math.abs(Number(item.dataset.cell) - Number(cell));
    return column && items(column).reduce((a, b) => (a && far(a) <= far(b) ? a : b), undefined);
  };
  const goTo = (item) => {
    if (!item) return;
    current = item;
    rove();
    item.focus();
  };
  root.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-cell]");
    if (item && item !== current) {
      current = item;
      rove();
    }
  });
  root.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-cell]");
    const column = item?.closest("[data-column]");
    if (!column || event.ctrlKey || event.metaKey || event.altKey) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    let next;
    if (column.dataset.column === "month") {
      const all = items(column);
      next = all[all.indexOf(item) + (sideways ?? (down ? down * 7 : NaN))];
    } else if (sideways) {
      const columns = [...root.querySelectorAll("[data-column]")].filter((other) => items(other).length);
      const turned = getComputedStyle(root).direction === "rtl" ? -sideways : sideways;
      const beside = columns[columns.indexOf(column) + turned];
      const far = (other) => Math.abs(minutesOf(other) - minutesOf(item));
      next = beside && items(beside).reduce((a, b) => (far(b) < far(a) ? b : a));
    } else {
      const all = items(column).sort((a, b) => minutesOf(a) - minutesOf(b));
      if (down) next = all[all.indexOf(item) + down];
      if (event.key === "Home") next = all[0];
      if (event.key === "End") next = all.at(-1);
    }
    if (!next && !down && !sideways) return;
    event.preventDefault();
    goTo(next);
  });

  // Columns are replaced only where they differ; scroll, focus and an open dialog stay.
  const shown = new Map();
  const key = (element) => element.dataset.column ?? `print ${element.dataset.print}`;
  const remember = (within) => {
    for (const part of within.querySelectorAll("[data-column], [data-print]")) shown.set(key(part), part.outerHTML);
  };
  const spans = (within) => [...within.querySelectorAll("[data-span]")].map((frame) => frame.dataset.span).join();
  const take = (page) => {
    const fresh = page.querySelector("[data-agenda]") ?? page.body;
    const focused = document.activeElement?.closest("[data-agenda] [data-cell]");
    const where = focused?.closest("[data-column]").dataset.column;
    if (spans(fresh) !== spans(root)) {
      const before = [...root.querySelectorAll("[data-frame]")].map((frame) => [frame.scrollTop, frame.scrollLeft, frame.querySelector("[data-start]")]);
      const scale = pixels();
      root.replaceChildren(...fresh.childNodes);
      [...root.querySelectorAll("[data-frame]")].forEach((frame, at) => {
        if (!before[at]) return;
        const [top, left, column] = before[at];
        const earlier = (Number(column?.dataset.start) - Number(frame.querySelector("[data-start]")?.dataset.start)) / 60;
        frame.scrollTo(left, top + (earlier || 0) * scale);
      });
      remember(root);
    } else {
      for (const part of [...fresh.querySelectorAll("[data-column], [data-print]")]) {
        const name = key(part);
        const html = part.outerHTML;
        if (shown.get(name) === html) continue;
        const old = [...root.querySelectorAll("[data-column], [data-print]")].find((other) => key(other) === name);
        if (!old) continue;
        shown.set(name, html);
        old.replaceWith(part);
      }
    }
    rove();
    if (focused && !focused.isConnected && !dialog.open) {
      const { visit, cell } = focused.dataset;
      const column = [...root.querySelectorAll("[data-column]")].find((other) => other.dataset.column === where);
      const again = visit ? root.querySelector(`[data-visit="${visit}"]`) : column?.querySelector(`[data-cell="${cell}"]`);
      (again ?? nearest(column, cell))?.focus({ preventScroll: true });
    }
    since = performance.now();
    for (const line of root.querySelectorAll("[data-now]")) line.dataset.now = minutesOf(line);
  };
  const changed = new Set();
  let waiting = 0;
  let running = false;
  const refresh = async () => {
    waiting = 0;
    if (shared.busy || running) return later();
    const all = changed.has("all");
    const keys = [...root.querySelectorAll("[data-column]")].filter((column) => {
      const whose = column.dataset.practitioner;
      return all || !whose || changed.has(whose);
    });
    changed.clear();
    if (!keys.length) return;
    const asked = new URLSearchParams(query);
    // A part fits only where there is one grid: several are asked for as a whole.
    const [grid, ...others] = root.querySelectorAll("[data-span]");
    if (grid && !others.length) {
      asked.set("span", grid.dataset.span);
      if (!all) asked.set("only", keys.map((column) => column.dataset.column).join());
    }
    running = true;
    const answer = await fetch(`/practice/agenda/columns?${asked}`, { headers: { Accept: "text/html" } }).catch(() => null);
    const text = answer?.ok && !answer.redirected ? await answer.text().catch(() => null) : null;
    running = false;
    // Signed out in another window: nobody's visits are shown any longer.
    if (answer?.redirected) return location.reload();
    if (text === null) return changed.add("all"), later(5000);
    if (shared.busy) return changed.add("all"), later();
    take(parsed(text));
  };
  const later = (milliseconds = 150) => {
    waiting ||= setTimeout(refresh, milliseconds);
  };
  const look = (...whose) => {
    for (const one of whose) changed.add(one);
    later();
  };
  if (window.EventSource) {
    let known = false;
    let stream;
    const status = document.querySelector("[data-agenda-status]");
    const say = (text) => {
      status.textContent = text;
      status.classList.toggle("hidden", !text);
    };
    const listen = () => {
      stream = new EventSource(`/practice/agenda/stream?${query}`);
      stream.addEventListener("hello", () => {
        say("");
        root.dataset.live = "yes";
        if (known) look("all");
        known = true;
      });
      stream.addEventListener("changed", (message) => look(message.data));
      stream.addEventListener("error", () => {
        say(words.offline);
        delete root.dataset.live;
        known = true;
        // An answer that is no stream ends it for good: a server that restarts, for instance.
        if (stream.readyState === EventSource.CLOSED) look("all"), setTimeout(listen, 5000);
      });
    };
    listen();
    addEventListener("pagehide", () => stream.close());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look("all"));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  // The line of now moves with the minutes since the server said where it is.
  let since = performance.now();
  for (const line of root.querySelectorAll("[data-now]")) line.dataset.now = minutesOf(line);
  setInterval(() => {
    const passed = Math.floor((performance.now() - since) / 60000);
    for (const line of root.querySelectorAll("[data-now]")) place(line, Number(line.dataset.now) + passed, 0);
  }, 20000);

  // Visits and empty times open over the agenda.
  const dialog = document.querySelector("[data-dialog]");
  const inside = dialog.querySelector("[data-dialog-body]");
  let opener = null;
  // What went wrong is said where one can read it: above the open dialog's text, or at the foot of the window.
  const fail = (text) => {
    if (!dialog.open) return tell(text, "bad");
    const box = inside.querySelector("[data-failed]") ?? document.createElement("p");
    box.className = "notice bad";
    box.dataset.failed = "";
    box.setAttribute("role", "alert");
    box.textContent = text;
    inside.prepend(box);
  };
  const fill = (page) => {
    const main = page.querySelector("main");
    if (!main) return fail(words.failed);
    main.querySelector("[data-zone]")?.remove();
    for (const heading of main.querySelectorAll("h1")) {
      const lower = document.createElement("h2");
      lower.append(...heading.childNodes);
      heading.replaceWith(lower);
    }
    inside.replaceChildren(...main.childNodes);
    dialog.setAttribute("aria-label", inside.querySelector("h2")?.textContent ?? "");
    if (!dialog.open) dialog.showModal();
    (inside.querySelector("[aria-invalid=true], [data-found] button, [autofocus]") ?? inside.querySelector("button, a, input:not([type=hidden])"))?.focus();
  };
  let opened = 0;
  const open = async (address) => {
    const mine = ++opened;
    const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    const text = await answer?.text().catch(() => null);
    // Another was opened meanwhile: this answer is about somebody else.
    if (mine !== opened) return;
    if (typeof text !== "string" || answer.redirected) return void (location.href = address);
    fill(parsed(text));
  };
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-cell]");
    if (!link || link.closest("[data-column=month]") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    shared.from(link);
    open(link.href);
  });
  dialog.addEventListener("close", () => {
    opened++;
    inside.replaceChildren();
    const column = [...root.querySelectorAll("[data-column]")].find((other) => other.dataset.column === opener?.column);
    const back = nearest(column, opener?.cell);
    if (back) {
      current = back;
      rove();
      back.focus({ preventScroll: true });
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) return dialog.close();
    const link = event.target.closest("a[href]");
    if (!link?.hasAttribute("data-leave") || new URL(link.href).searchParams.has("move")) return;
    event.preventDefault();
    dialog.close();
  });
  // A form of a dialog that leads back to the agenda closes it; any other answer is shown in its place.
  const post = async (form, submitter) => {
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    const answer = await send(form.action, new FormData(form, submitter)).catch(() => null);
    delete form.dataset.sent;
    if (!answer) return fail(words.failed);
    if (new URL(answer.url).pathname === "/sign-in") return location.reload();
    const page = parsed(await answer.text());
    if (new URL(answer.url).pathname !== "/practice/agenda") return fill(page);
    if (moving) return void (location.href = answer.url);
    dialog.close();
    notices.replaceChildren(...page.querySelector("[data-notice]").childNodes);
    const date = query.get("date");
    if (new URL(answer.url).searchParams.get("date") === date) take(page);
    else look("all");
  };
  const caught = (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    post(form, event.submitter);
  };
  inside.addEventListener("submit", caught);
  notices.addEventListener("submit", caught);

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !dialog.open) notices.replaceChildren();
  });
  Object.assign(shared, { send, tell, place, minutesOf, items, pixels, look, open, from: (item) => {
    opener = { column: item.closest("[data-column]").dataset.column, cell: item.dataset.cell };
  } });

  // Where the visitor was, or else what goes on now.
  const frame = root.querySelector(".agenda-frame");
  const hours = () => `agenda-top ${root.querySelector("[data-span]")?.dataset.span}`;
  const kept = sessionStorage.getItem(hours());
  const fresh = root.querySelector(".fresh");
  const line = root.querySelector("[data-now]");
  if (frame && fresh) fresh.scrollIntoView({ block: "nearest" });
  else if (frame && kept !== null) frame.scrollTop = Number(kept);
  else if (frame && line) frame.scrollTop = line.offsetTop - frame.clientHeight / 3;
  // Days that stand side by side begin with the one that was asked for.
  const asked = query.get("view") === "week" && root.querySelector(`[data-column$="_${CSS.escape(query.get("date"))}"]`);
  if (asked && !fresh) {
    const [outer, inner, axis] = [frame, asked, frame.querySelector(".agenda-axis")].map((one) => one.getBoundingClientRect());
    const rtl = getComputedStyle(frame).direction === "rtl";
    frame.scrollLeft += rtl ? inner.right - outer.right + axis.width : inner.left - outer.left - axis.width;
  }
  addEventListener("pagehide", () => frame && sessionStorage.setItem(hours(), String(root.querySelector(".agenda-frame")?.scrollTop ?? 0)));
  // On a phone the row of who could be shown scrolls sideways: whoever is shown comes first.
  document.querySelector(".agenda-who [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const print = document.querySelector("[data-print-day]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  for (const hint of document.querySelectorAll("[data-by-script]")) hint.hidden = false;
  remember(root);
  rove();
  // A visit that is to be moved begins where it is, so that the arrows lead on from there.
  const leaving = moving && root.querySelector(`[data-visit="${CSS.escape(moving)}"]`);
  if (leaving) goTo(leaving);
  else if (moving) current?.focus({ preventScroll: true });
})();
