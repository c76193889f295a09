/* The matrix: marks what was changed, shows its effect while one types, and lets Enter go down a column.
   Without it the form does the same with its buttons. */
(() => {
  "use strict";
  const form = document.getElementById("grid");
  if (!form) return;
  const effect = document.getElementById("effect");
  const frame = form.querySelector(".rules__frame");
  const inputs = () => [...form.querySelectorAll(".rules__grid input, .rules__grid select")];
  const seen = JSON.parse(form.elements.seen.value);
  const first = (box) => {
    const value = seen[box.name];
    return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
  };
  // form.action would be the buttons of that name
  let sending = null;
  let timer = 0;
  let leaving = false;

  function mark() {
    let changed = 0;
    for (const box of inputs()) {
      const differs = box.value.trim() !== first(box);
      box.toggleAttribute("data-changed", differs);
      changed += differs;
    }
    return changed;
  }

  async function show() {
    if (sending) sending.abort();
    sending = new AbortController();
    const body = new FormData(form);
    body.set("action", "effect");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Part": "effect" }, signal: sending.signal });
      if (answer.ok) effect.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") effect.textContent = "The effect cannot be shown now; the buttons still work.";
    }
  }

  function soon() {
    mark();
    clearTimeout(timer);
    timer = setTimeout(show, 350);
  }

  frame.addEventListener("input", soon);
  form.addEventListener("reset", () => {
    for (const box of inputs()) if (box.name in seen) box.dataset.first = first(box);
    setTimeout(() => {
      for (const box of inputs()) if (box.dataset.first !== undefined) box.value = box.dataset.first;
      soon();
    });
  });
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => { if (!leaving && mark()) event.preventDefault(); });

  frame.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    const cell = event.target.closest("td, th");
    const place = [...cell.querySelectorAll("input")].indexOf(event.target);
    const step = event.shiftKey ? "previousElementSibling" : "nextElementSibling";
    const body = form.querySelector(".rules__grid tbody");
    let row = cell.parentElement;
    for (row = row[step] || (row.parentElement !== body && !event.shiftKey ? body.rows[0] : null); row; row = row[step]) {
      const next = row.cells[cell.cellIndex].querySelectorAll("input");
      if (next.length) { (next[place] || next[0]).focus(); (next[place] || next[0]).select(); return; }
    }
  });
  mark();
})();
