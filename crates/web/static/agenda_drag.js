// Dragging in the agenda: a visit to another time, or a range over empty times. A finger presses a moment first, since it
// also scrolls. The server decides; until it has, the visit stays where it was.
"use strict";

(() => {
  const shared = globalThis.agenda;
  if (!shared) return;
  const { root, moving, send, tell, place, minutesOf, items, pixels, look, open } = shared;
  const words = root.dataset;
  let drag = null;
  const clock = (minutes, column) => {
    // What the server wrote nearby, so that a change of clocks is seen.
    const before = items(column).filter((item) => minutesOf(item) <= minutes).sort((a, b) => minutesOf(b) - minutesOf(a));
    const near = before.find((item) => !item.dataset.visit) ?? before[0];
    const [hour, minute] = near ? near.textContent.trim().slice(0, 5).split(":").map(Number) : [0, 0];
    const at = (hour * 60 + minute + minutes - (near ? minutesOf(near) : 0)) % 1440;
    return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  };
  const target = (x, y) => {
    const under = document.elementsFromPoint(x, y).map((one) => one.closest("[data-day]")).find(Boolean);
    const column = under?.closest("[data-column]");
    return column?.dataset.practitioner ? { column, day: under } : null;
  };
  const snapped = (day, y, step) => Math.round((y - day.getBoundingClientRect().top) / pixels() / step) * step;
  const begin = () => {
    drag.on = true;
    shared.busy = true;
    root.classList.add("dragging");
    drag.ghost = document.createElement("span");
    drag.ghost.className = `at ghost ${drag.visit ? drag.item.className : ""}`;
    drag.ghost.setAttribute("aria-hidden", "true");
    drag.item.classList.toggle("leaving", drag.visit);
  };
  const show = (x, y) => {
    const found = target(x, y);
    if (!found) return;
    if (drag.visit) {
      const most = Number(found.column.dataset.minutes) - drag.length;
      drag.from = Math.max(0, Math.min(most, snapped(found.day, y - drag.grip, 5)));
      drag.column = found.column;
    } else {
      const at = Math.max(0, Math.min(Number(drag.column.dataset.minutes), snapped(drag.column.querySelector("[data-day]"), y, 15)));
      drag.from = Math.min(drag.anchor, at);
      drag.length = Math.max(15, Math.abs(at - drag.anchor));
    }
    const day = drag.column.querySelector("[data-day]");
    if (drag.ghost.parentElement !== day) day.append(drag.ghost);
    place(drag.ghost, drag.from, drag.length);
    drag.ghost.textContent = `${clock(drag.from, drag.column)}–${clock(drag.from + drag.length, drag.column)}`;
    const frame = drag.column.closest("[data-frame]");
    const box = frame.getBoundingClientRect();
    const step = (at, first, last) => (at > last ? 12 : at < first ? -12 : 0);
    frame.scrollBy(drag.visit ? step(x, box.left + 20, box.right - 20) : 0, step(y, box.top + 90, box.bottom - 30));
  };
  const end = () => {
    clearTimeout(drag?.timer);
    drag?.ghost?.remove();
    drag?.item.classList.remove("leaving");
    root.classList.remove("dragging");
    drag = null;
    shared.busy = false;
  };
  const move = async (id, fields, after) => {
    const answer = await send(`/practice/visits/${id}/move`, { csrf: words.token, key: words.key, by: "script", ...fields }).catch(() => null);
    if (answer?.redirected) return location.reload();
    const said = await answer?.json().catch(() => null);
    after?.();
    if (!said) return tell(words.failed, "bad");
    look(fields.practitioner, said.was.practitioner);
    const back = () => move(id, { practitioner: said.was.practitioner, start: said.was.start, version: said.version });
    tell(said.text, answer.ok ? "good" : "bad", answer.ok ? back : null);
  };
  root.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-cell]");
    const column = item?.closest("[data-column]");
    if (event.button || !column?.dataset.practitioner || drag || moving) return;
    const visit = Boolean(item.dataset.visit);
    if (visit && !item.hasAttribute("data-moves")) return;
    const day = item.closest("[data-day]");
    drag = { item, column, visit, x: event.clientX, y: event.clientY, on: false };
    if (visit) {
      drag.length = Number(item.dataset.length);
      drag.grip = event.clientY - item.getBoundingClientRect().top;
    } else {
      drag.anchor = Math.floor((event.clientY - day.getBoundingClientRect().top) / pixels() / 15) * 15;
    }
    if (event.pointerType === "touch") {
      drag.timer = setTimeout(() => {
        begin();
        show(drag.x, drag.y);
      }, 350);
    }
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 6;
    if (!drag.on && far && drag.timer) return end();
    if (!drag.on && far) begin();
    if (drag.on) show(event.clientX, event.clientY);
  });
  root.addEventListener("touchmove", (event) => drag?.on && event.preventDefault(), { passive: false });
  root.addEventListener("dragstart", (event) => event.preventDefault());
  root.addEventListener("contextmenu", (event) => drag?.timer && event.preventDefault());
  document.addEventListener("pointercancel", () => drag && end());
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) end();
  });
  document.addEventListener("pointerup", () => {
    if (!drag) return;
    const { on, visit, item, column, from, length } = drag;
    if (!on || from === undefined) return end();
    addEventListener("click", (click) => (click.preventDefault(), click.stopPropagation()), { capture: true, once: true });
    setTimeout(() => dispatchEvent(new Event("click")), 0);
    const instant = (minutes) => new Date((Number(column.dataset.start) + minutes * 60) * 1000).toISOString();
    const practitioner = column.dataset.practitioner;
    if (!visit) {
      end();
      shared.from(item);
      open(`/practice/book?${new URLSearchParams({ practitioner, start: instant(from), end: instant(from + length) })}`);
      return;
    }
    const same = item.closest("[data-column]") === column && minutesOf(item) === from;
    if (same) return end();
    const ghost = drag.ghost;
    drag.ghost = null;
    end();
    item.classList.add("leaving");
    move(item.dataset.visit, { practitioner, start: instant(from), version: item.dataset.version }, () => {
      ghost.remove();
      item.classList.remove("leaving");
    });
  });
})();
