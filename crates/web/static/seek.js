// The search form: proposals while something is typed, and the town where the visitor is.
"use strict";

// A combobox with a list of its own (ARIA 1.2): arrows move, Enter takes, Escape closes. Without this script the fields are
// plain ones, and what is typed is understood all the same.
(() => {
  const status = document.querySelector("[data-seek-status]");
  const say = (text) => { if (status) status.textContent = text; };

  const proposals = (answer) => [
    ...(answer.specialties || []).map(({ name }) => ({ value: name, text: name })),
    ...(answer.practitioners || []).map(({ id, name, specialty, city }) => (
      { value: name, text: name, note: [specialty, city].filter(Boolean).join(" · "), href: `/practitioners/${id}` })),
    // Several towns bear some names: the value tells them apart.
    ...(answer.places || []).map(({ name, postal_code: code }) => ({ value: `${name} (${code})`, text: name, note: code })),
  ];

  const combo = (box) => {
    const input = box.querySelector("input");
    const list = document.createElement("ul");
    list.id = `${input.id}-list`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels[0].textContent);
    box.append(list);
    input.removeAttribute("list");
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]])
      input.setAttribute(name, value);

    let shown = [], at = -1, asked = 0, waiting;
    const close = () => {
      asked++;
      clearTimeout(waiting);
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (next) => {
      at = next;
      [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    };
    const take = (proposal) => {
      input.value = proposal.value;
      close();
      if (proposal.href) location.href = proposal.href;
    };
    const show = (found) => {
      shown = found;
      list.replaceChildren(...found.map((proposal, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.append(proposal.text);
        if (proposal.note) {
          const note = document.createElement("span");
          note.textContent = proposal.note;
          option.append(" ", note);
        }
        option.addEventListener("click", () => take(proposal));
        return option;
      }));
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark(-1);
      say(box.dataset.count.replace("{count}", String(found.length)));
    };
    const ask = async () => {
      const typed = input.value.trim();
      const mine = ++asked;
      if (typed.length < 2) return close();
      try {
        const answer = await fetch(box.dataset.combo + encodeURIComponent(typed));
        const found = answer.ok ? proposals(await answer.json()) : [];
        if (mine === asked) show(found);
      } catch {
        if (mine === asked) close();
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 90);
    });
    input.addEventListener("keydown", (event) => {
      const count = shown.length;
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") mark((at + 1) % count);
      else if (event.key === "ArrowUp") mark((at <= 0 ? count : at) - 1);
      else if (event.key === "Enter" && at >= 0) take(shown[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    // Pressing the mouse on a proposal must not take the focus away first.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    input.addEventListener("blur", close);
  };
  document.querySelectorAll("[data-combo]").forEach(combo);

  // The position is rounded to about a kilometre before it is sent, and only the town stays in the form.
  const near = document.querySelector("[data-near]");
  if (!near || !navigator.geolocation) return;
  near.hidden = false;
  near.addEventListener("click", () => {
    const input = near.parentElement.querySelector("input");
    const failed = () => { near.disabled = false; say(near.dataset.failed); input.focus(); };
    near.disabled = true;
    say(near.dataset.busy);
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      try {
        const answer = await fetch(`/v1/places?lat=${coords.latitude.toFixed(2)}&lon=${coords.longitude.toFixed(2)}`);
        const [town] = proposals(await answer.json());
        if (!town) return failed();
        near.disabled = false;
        input.value = town.value;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        say(town.value);
        input.focus();
      } catch {
        failed();
      }
    }, failed, { maximumAge: 600000, timeout: 10000 });
  });
})();
