// A part of the page is read again every few seconds while somebody looks at it, and leaves the focus where it is.
"use strict";
(() => {
  const part = document.querySelector("[data-refresh]");
  const label = document.querySelector("[data-refresh-switch]");
  if (!part) return;
  const wanted = label?.querySelector("input") ?? { checked: true };
  if (label) label.hidden = false;
  const again = async () => {
    if (!wanted.checked || document.hidden || part.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
      // Signed out in another window: nobody's page is shown any longer.
      if (answer.redirected) return location.reload();
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
      // Somebody may have gone into it meanwhile.
      if (fresh && fresh.textContent !== part.textContent && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
    } catch {
      // The server may be starting again: the next time will tell.
    }
  };
  setInterval(again, Number(part.dataset.refresh) * 1000);
})();
