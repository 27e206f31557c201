// Filters take effect as they are set, and the list stays where the visitor is reading it.
"use strict";

(() => {
  const form = document.getElementById("seek");
  const filters = document.querySelector(".filters");
  if (!form || !filters) return;
  let asked = 0;
  let leaving = false;
  addEventListener("submit", () => { leaving = true; });

  // The card at the top of the window, and how far down it is.
  const anchor = () => {
    const card = [...document.querySelectorAll(".result[data-who]")].find((card) => card.getBoundingClientRect().bottom > 0);
    return card && { who: card.dataset.who.split("?")[0], top: card.getBoundingClientRect().top };
  };
  const keep = (before) => {
    if (!before || scrollY === 0) return;
    const same = [...document.querySelectorAll(".result[data-who]")].find((card) => card.dataset.who.split("?")[0] === before.who);
    if (same) scrollBy(0, same.getBoundingClientRect().top - before.top);
  };

  // The counts beside each choice belong to the answer. The controls themselves stay, since somebody is using them.
  const count = (fresh) => {
    filters.querySelector("summary").textContent = fresh.querySelector("summary").textContent;
    for (const label of fresh.querySelectorAll("label")) {
      const known = filters.querySelector(`label[for="${label.htmlFor}"]`);
      if (known) known.textContent = label.textContent;
    }
    for (const select of fresh.querySelectorAll("select")) {
      const known = document.getElementById(select.id);
      if (!known || known === document.activeElement) continue;
      const [olds, news] = [[...known.options], [...select.options]];
      if (olds.length === news.length && olds.every((option, at) => option.value === news[at].value)) {
        olds.forEach((option, at) => { option.textContent = news[at].textContent; });
        continue;
      }
      const chosen = known.value;
      known.replaceChildren(...news.map((option) => document.adoptNode(option)));
      known.value = chosen;
    }
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
      answer.replaceWith(document.adoptNode(fresh));
      count(page.querySelector(".filters"));
      document.querySelector(".foot").replaceWith(document.adoptNode(page.querySelector(".foot")));
      document.title = page.title;
      history.replaceState(null, "", address);
      keep(before);
    } catch {
      if (mine === asked && !leaving) form.submit();
    }
  };
  filters.classList.add("instant");
  filters.addEventListener("change", apply);
})();
