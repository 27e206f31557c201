// Filters take effect as they are set, and the list stays where the visitor is reading it.
"use strict";

(() => {
  const form = document.getElementById("seek");
  const filters = document.querySelector(".filters");
  if (!form || !filters) return;
  let asked = 0;

  // The card at the top of the window, and how far down it is.
  const anchor = () => {
    const card = [...document.querySelectorAll(".result")].find((card) => card.getBoundingClientRect().bottom > 0);
    return card && { who: card.dataset.who.split("?")[0], top: card.getBoundingClientRect().top };
  };
  const keep = (before) => {
    if (!before || scrollY === 0) return;
    const same = [...document.querySelectorAll(".result")].find((card) => card.dataset.who.split("?")[0] === before.who);
    if (same) scrollBy(0, same.getBoundingClientRect().top - before.top);
  };

  const apply = async () => {
    const mine = ++asked;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const address = `${form.getAttribute("action")}?${query}`;
    const answer = document.getElementById("answer");
    answer.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("answer");
      if (mine !== asked) return;
      if (!response.ok || !fresh) return form.submit();
      const before = anchor();
      const focused = document.activeElement?.id;
      answer.replaceWith(document.adoptNode(fresh));
      // The counts beside each choice belong to the answer; that the panel is open does not.
      filters.replaceChildren(...[...page.querySelector(".filters").childNodes].map((node) => document.adoptNode(node)));
      document.querySelector(".foot").replaceWith(document.adoptNode(page.querySelector(".foot")));
      document.title = page.title;
      history.replaceState(null, "", address);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      keep(before);
    } catch {
      form.submit();
    }
  };
  filters.addEventListener("change", apply);
})();
