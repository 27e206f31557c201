// What a page does beyond plain HTML; each part finds its own elements and does nothing without them.
"use strict";

// Free times that somebody takes while the page is open are struck out, and come back when they are freed.
(() => {
  const list = document.querySelector("[data-stream]");
  if (!list || !window.EventSource) return;
  const spoken = document.querySelector("[data-stream-status]");
  const buttons = () => [...list.querySelectorAll("button[data-start]")];
  const overlapping = (range) => {
    const [start, end] = [Date.parse(range.start) / 1000, Date.parse(range.end) / 1000];
    return buttons().filter((button) => Number(button.dataset.start) < end && start < Number(button.dataset.end));
  };
  const nearest = (button) => {
    const start = Number(button.dataset.start);
    const away = (other) => Math.abs(Number(other.dataset.start) - start);
    return buttons().filter((other) => !other.disabled).sort((one, other) => away(one) - away(other))[0];
  };
  const mark = (message, taken) => {
    for (const button of overlapping(JSON.parse(message.data))) {
      if (button.disabled === taken) continue;
      const chosen = taken && document.activeElement === button;
      button.disabled = taken;
      // Who was about to choose it is brought to the nearest that is left.
      if (chosen) nearest(button)?.focus({ preventScroll: true });
      if (spoken) {
        const text = chosen ? list.dataset.chosen : taken ? list.dataset.taken : list.dataset.freed;
        spoken.textContent = text.replace("{time}", button.dataset.spoken);
        spoken.classList.toggle("hidden", !chosen);
      }
    }
  };
  // Times may have come that the page does not show: they are read anew, and the focus stays on its time.
  const renew = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [week, fresh] = [list.querySelector(".week"), page.querySelector("[data-stream] .week")];
    if (!week || !fresh) return;
    const focused = week.contains(document.activeElement) ? document.activeElement.value : null;
    week.replaceWith(document.adoptNode(fresh));
    if (focused) buttons().find((button) => button.value === focused)?.focus({ preventScroll: true });
  };
  const stream = new EventSource(list.dataset.stream);
  let greeted = false;
  stream.addEventListener("taken", (message) => mark(message, true));
  stream.addEventListener("freed", (message) => mark(message, false));
  stream.addEventListener("reset", renew);
  // A second greeting means that the stream was broken meanwhile.
  stream.addEventListener("hello", () => {
    if (greeted) renew();
    greeted = true;
  });
  addEventListener("pagehide", () => stream.close());
})();

// Times are the place's own. Whoever's device has another clock is told so, where there are times.
(() => {
  const note = document.querySelector("[data-zone]");
  if (!note || !document.querySelector(".slot, main time")) return;
  const now = new Date();
  note.hidden = now.toLocaleString("en", { timeZone: note.dataset.zone }) === now.toLocaleString("en");
})();

// How long a hold still stands. Counted from the seconds that the server says are left, so that a wrong clock of the
// visitor's machine does no harm.
(() => {
  const box = document.querySelector("[data-seconds-left]");
  if (!box) return;
  const shown = box.querySelector(".countdown");
  const spoken = box.querySelector("[aria-live]");
  const end = performance.now() + Number(box.dataset.secondsLeft) * 1000;
  let last = Infinity;
  const tick = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    shown.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
    for (const mark of [300, 60]) {
      if (left <= mark && last > mark) spoken.textContent = box.dataset.left.replace("{minutes}", String(mark / 60));
    }
    last = left;
    if (left > 0) return;
    clearInterval(timer);
    spoken.textContent = box.dataset.over;
    for (const button of document.querySelectorAll("[data-needs-hold]")) button.disabled = true;
  };
  const timer = setInterval(tick, 1000);
  box.querySelector("[data-countdown]").hidden = false;
  tick();
})();

// Buttons that ask before they go on.
addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});

// A form is sent once; the hidden key makes a second sending harmless, this makes it rare.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post") return;
  // A sending that was stopped must not leave the page dead: after some seconds the key alone keeps it harmless.
  const now = Date.now();
  if (now - Number(form.dataset.sent || 0) < 8000) event.preventDefault();
  else form.dataset.sent = String(now);
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  // Times that were shown then may be gone, a choice that was made then must not be answered again, and who was signed in
  // then, or was not, may have changed.
  if (document.querySelector("[data-stream], form[action='/hold'], form[action='/sign-out'], form[action='/sign-in']")) {
    return location.reload();
  }
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
