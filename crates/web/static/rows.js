// Rows of a form are added and taken away without asking the server; without this script its buttons do the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-rows]");
  if (!form) return;
  const spoken = form.querySelector("[data-spoken]");
  const next = {};
  for (const list of form.querySelectorAll("[data-list]")) next[list.dataset.list] = Number(list.dataset.start);
  const say = (text) => { if (spoken) spoken.textContent = text; };

  // A new row is like the last one; a weekday goes on by one day.
  const fill = (row, last) => {
    if (!last) return;
    const from = [...last.querySelectorAll("input, select")];
    for (const [at, field] of [...row.querySelectorAll("input, select")].entries()) {
      if (!from[at]) continue;
      if (field.type === "checkbox") field.checked = from[at].checked;
      else if (field.name.endsWith("-weekday")) field.value = String(Number(from[at].value) % 7 + 1);
      else if (row.querySelector("[name$='-weekday']")) field.value = from[at].value;
    }
  };

  const add = (kind) => {
    const blank = document.querySelector(`template[data-blank="${kind}"]`);
    const list = form.querySelector(`[data-list="${kind}"]`);
    const number = next[kind]++;
    const row = blank.content.firstElementChild.cloneNode(true);
    const start = Number(list.dataset.start);
    for (const element of row.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby", "value"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(`${kind}-${start}`, `${kind}-${number}`));
      }
    }
    const legend = row.querySelector("legend");
    for (const words of [legend, row.querySelector("[data-remove] .hidden")])
      if (words) words.textContent = words.textContent.replace(String(start + 1), String(number + 1));
    fill(row, list.lastElementChild);
    list.append(row);
    form.querySelector(`[data-count="${kind}"]`).value = String(number + 1);
    form.querySelector(`[data-none="${kind}"]`)?.remove();
    row.querySelector("select, input").focus();
    say(spoken.dataset.added);
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.add) {
      event.preventDefault();
      add(button.dataset.add);
    } else if ("remove" in button.dataset) {
      event.preventDefault();
      const list = button.closest("[data-list]");
      button.closest("[data-row]").remove();
      const back = list.querySelector("[data-remove]") ?? list.parentElement.querySelector("[data-add]");
      back?.focus();
      say(spoken.dataset.removed);
    }
  });
})();
