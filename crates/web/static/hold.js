// What the page that confirms a visit does beyond plain HTML. Leaving it brings the end of the hold near, being there
// restores it; and a form that did not reach the server says so and can be sent again under the same key.
"use strict";

(() => {
  const form = document.querySelector("form[data-hold]");
  if (!form) return;
  const hold = form.dataset.hold;
  const secret = () => new URLSearchParams({ csrf: form.elements.csrf.value });
  const leaving = document.querySelector("[data-leaving]");
  if (!leaving) return;
  leaving.hidden = false;

  // A word that the page is left may overtake the one that it was opened again: the next word corrects it.
  const stay = async () => {
    try {
      const answer = await fetch(`${hold}/stay`, { method: "POST", body: secret() });
      // Over, or somebody signed out in another window: the page itself says so.
      if (answer.status === 410 || answer.redirected) location.reload();
    } catch {
      // Without a connection the hold ends when it would have ended anyway.
    }
  };
  addEventListener("pagehide", () => navigator.sendBeacon(`${hold}/leave`, secret()));
  addEventListener("pageshow", (event) => {
    if (event.persisted) stay();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stay();
  });
  setTimeout(stay, 3000);
  setInterval(stay, 45000);
})();

(() => {
  const form = document.querySelector("form[data-offline]");
  const note = form && form.querySelector("[data-offline-note]");
  if (!note) return;
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || form.dataset.sent) return event.preventDefault();
    event.preventDefault();
    note.hidden = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
      // What the server refuses is shown by sending the form as it is; the key makes the second sending harmless.
      if (answer.redirected) location.assign(answer.url);
      else form.submit();
    } catch {
      delete form.dataset.sent;
      note.textContent = form.dataset.offline;
      note.hidden = false;
    }
  });
})();
