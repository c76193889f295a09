// A conversation while it is open: takes in what the server rendered, sends what one writes, keeps what could not be sent.
// Everything that is shown comes from the server, by number, so that nothing is shown twice; nothing here makes HTML of text.
(function () {
  "use strict";

  const GATHER = 120; // milliseconds: events often come several at once
  const RETRY = 3000; // until what could not be sent is tried again, when nobody says that the line stands
  const TWICE = 1000; // milliseconds: a button pressed again so soon was clicked twice, and meant once
  const NEAR_END = 160; // pixels: who reads there wants to see what comes

  const byId = (id) => document.getElementById(id);
  const place = byId("chat");
  if (!place) return;
  const said = byId("said");
  const box = byId("question");
  const form = byId("say");
  const wrong = byId("wrong");
  const newer = byId("newer");
  const store = `${location.pathname}unsent`;

  const fire = (name, detail) => place.dispatchEvent(new CustomEvent(name, { detail }));
  const over = (words) => fire("chat:over", words);

  function complain(words) {
    const follows = isAtEnd();
    wrong.textContent = words;
    wrong.hidden = !words;
    if (follows) toEnd(); // what was said last is not to go below it
  }

  // --- Scrolling: it follows who is at the end, and leaves who reads above ------------------------------------------------

  const isAtEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - NEAR_END;
  const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  newer.addEventListener("click", () => {
    toEnd();
    box.focus();
  });
  window.addEventListener("scroll", () => isAtEnd() && (newer.hidden = true), { passive: true });

  // --- Taking in ----------------------------------------------------------------------------------------------------------

  let fetching = false;
  let wanted = false;
  let timer = 0;

  place.addEventListener("chat:news", (event) => {
    if (event.detail && event.detail <= Number(place.dataset.seq)) return;
    if (!timer) timer = setTimeout(takeIn, GATHER);
  });

  async function takeIn() {
    timer = 0;
    wanted = true;
    if (fetching) return;
    fetching = true;
    try {
      while (wanted) {
        wanted = false;
        const answer = await fetch(`${place.dataset.part}?after=${place.dataset.seq}`, { redirect: "manual" });
        if (answer.type === "opaqueredirect") return over(place.dataset.out);
        if (answer.status === 404) return over(place.dataset.gone);
        if (!answer.ok) throw new Error(String(answer.status));
        fire("chat:reached");
        put(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("part"));
      }
    } catch (error) {
      fire("chat:unreached");
    } finally {
      fetching = false;
    }
  }

  function put(part) {
    if (!part) return;
    const follows = isAtEnd();
    let isNew = false;
    part.querySelectorAll(":scope > ol > li").forEach((message) => {
      unsaid(message.dataset.client);
      if (byId(message.id)) return;
      grown(message.dataset.turn);
      isNew = true;
      said.append(document.adoptNode(message));
      ready(message);
    });
    ["name", "strip", "suggested", "panel"].forEach((id) => renew(byId(id), part.querySelector(`#${id}`)));
    place.dataset.seq = Math.max(Number(place.dataset.seq), Number(part.dataset.seq));
    if (part.dataset.more === "1") wanted = true;
    if (isNew && byId("nothing")) byId("nothing").hidden = true;
    if (isNew && follows) toEnd();
    else if (isNew) newer.hidden = false;
  }

  // --- An answer that is being written: shown as it grows, replaced by the whole one, and only that is read out -----------

  const whole = new Set(); // turns whose answer is here: what is still on its way of them comes too late
  const growing = (turn) => Array.from(said.querySelectorAll(".said--grows")).find((each) => each.dataset.grows === turn);

  place.addEventListener("chat:delta", ({ detail }) => {
    const { turnId, index, statement } = detail;
    if (whole.has(turnId) || !statement || typeof statement.text !== "string") return;
    const follows = isAtEnd();
    const answer = (growing(turnId) || begin(turnId)).querySelector(".said__text");
    if (index < answer.childElementCount) return; // told again to a connection that is new
    const text = document.createElement("p");
    text.textContent = statement.text;
    answer.append(text);
    if (follows) toEnd();
  });

  function begin(turn) {
    const answer = document.createElement("li");
    const text = document.createElement("div");
    const state = document.createElement("small");
    answer.className = "said said--ours said--grows";
    answer.dataset.grows = turn;
    answer.ariaHidden = "true";
    text.className = "said__text";
    state.className = "muted";
    state.textContent = place.dataset.writing;
    answer.append(text, state);
    said.append(answer);
    return answer;
  }

  function grown(turn) {
    if (!turn) return;
    whole.add(turn);
    const answer = growing(turn);
    if (answer) answer.remove();
  }

  // A part in the place of the old one: what was folded or unfolded stays so, and the focus where it was.
  function renew(old, next) {
    if (!old || !next || old.innerHTML === next.innerHTML) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const name = focused && (focused.id ? `#${focused.id}` : focused.value ? `[value="${CSS.escape(focused.value)}"]` : "");
    next.querySelectorAll("details[id]").forEach((fold) => {
      const same = old.querySelector(`#${fold.id}`);
      if (same) fold.open = same.open;
      else if (isNarrow()) fold.open = false; // there it would push away what one reads
    });
    old.replaceWith(document.adoptNode(next));
    const heir = name && next.querySelector(name);
    if (heir) heir.focus({ preventScroll: true });
    else if (focused) box.focus({ preventScroll: true });
  }

  const isNarrow = () => matchMedia("(max-width: 64rem)").matches;

  function ready(message) {
    if (window.htmx) htmx.process(message);
    message.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = !navigator.clipboard));
  }
  said.querySelectorAll(":scope > li").forEach(ready);

  // --- Sending ------------------------------------------------------------------------------------------------------------

  let line = []; // what is not sent yet, in order: {client, words, fields}
  let isSending = false;
  let later = 0;

  function keep() {
    try {
      if (line.length) sessionStorage.setItem(store, JSON.stringify(line));
      else sessionStorage.removeItem(store);
    } catch (error) {
      // It is kept on this page only.
    }
  }

  function send(words, fields) {
    const each = { client: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`, words, fields };
    line.push(each);
    keep();
    show(each);
    toEnd();
    complain("");
    work();
  }

  function show({ client, words }) {
    const mine = document.createElement("li");
    const text = document.createElement("p");
    const state = document.createElement("small");
    mine.className = "said said--mine said--waits";
    mine.dataset.client = client;
    mine.ariaHidden = "true"; // it is read out when the server says it
    text.className = "said__text";
    text.dir = "auto";
    text.textContent = words;
    state.className = "muted";
    state.textContent = place.dataset.unsent;
    mine.append(text, state);
    said.append(mine);
    if (byId("nothing")) byId("nothing").hidden = true;
  }

  // The echo goes when the server has said the same.
  function unsaid(client) {
    if (!client) return;
    said.querySelectorAll(".said--waits").forEach((echo) => echo.dataset.client === client && echo.remove());
    line = line.filter((each) => each.client !== client);
    keep();
  }

  async function work() {
    if (isSending) return;
    isSending = true;
    clearTimeout(later);
    try {
      while (line.length) {
        const each = line[0];
        const body = new FormData(form);
        body.delete("question");
        Object.entries({ ...each.fields, client_id: each.client }).forEach(([name, value]) => body.set(name, value));
        const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "1" }, redirect: "manual" });
        if (answer.type === "opaqueredirect" || answer.status === 403) return over(place.dataset.out);
        if (answer.status === 404) return over(place.dataset.gone);
        if (answer.status === 400) refused(each, (await answer.json()).error);
        else if (!answer.ok) throw new Error(String(answer.status));
        line = line.filter((other) => other.client !== each.client);
        keep();
        fire("chat:news", 0);
      }
      complain(wrong.dataset.kept ? "" : wrong.textContent);
      delete wrong.dataset.kept;
    } catch (error) {
      complain(place.dataset.failed);
      wrong.dataset.kept = "1";
      later = setTimeout(work, RETRY);
    } finally {
      isSending = false;
    }
  }
  place.addEventListener("chat:stands", work);

  function refused(each, words) {
    unsaid(each.client);
    complain(words);
    if (!each.fields.question || box.value) return;
    box.value = each.fields.question;
    grow();
  }

  try {
    line = JSON.parse(sessionStorage.getItem(store) || "[]");
  } catch (error) {
    line = [];
  }
  line = line.filter(({ client }) => !said.querySelector(`[data-client="${CSS.escape(client)}"]`));
  line.forEach(show);
  if (line.length) work();

  // --- Writing ------------------------------------------------------------------------------------------------------------

  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, window.innerHeight / 3)}px`;
  };
  const draft = `${location.pathname}draft`;
  const keepDraft = () => {
    try {
      sessionStorage.setItem(draft, box.value);
    } catch (error) {
      // It is lost with the page.
    }
  };
  box.addEventListener("input", () => {
    recalled = -1;
    grow();
    keepDraft();
  });

  let recalled = -1;
  const written = () => Array.from(said.querySelectorAll(".said--mine .said__text"), (mine) => mine.textContent).reverse();

  function recall(step) {
    const all = written();
    const next = recalled + step;
    if (next < -1 || next >= all.length) return;
    recalled = next;
    box.value = next < 0 ? "" : all[next];
    grow();
  }

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if ((event.key === "ArrowUp" && (!box.value || recalled >= 0)) || (event.key === "ArrowDown" && recalled >= 0)) {
      event.preventDefault();
      recall(event.key === "ArrowUp" ? 1 : -1);
    } else if (event.key === "Escape") {
      const stop = byId("stop");
      if (recalled >= 0) recall(-recalled - 1);
      else if (stop) stop.focus();
    }
  });

  place.addEventListener("submit", (event) => {
    const sent = event.target;
    if (sent === form) {
      event.preventDefault();
      const words = box.value.trim();
      if (!words) return;
      box.value = "";
      recalled = -1;
      grow();
      keepDraft();
      send(words, { question: words });
    } else if (sent.action === form.action && event.submitter) {
      event.preventDefault();
      const pressed = event.submitter;
      if (Date.now() - Number(pressed.dataset.at || 0) < TWICE) return;
      pressed.dataset.at = Date.now();
      const fields = { [pressed.name]: pressed.value };
      if (sent.elements.message) fields.message = sent.elements.message.value;
      const name = pressed.querySelector(".choice__name") || pressed;
      send(name.textContent.trim(), fields);
    } else if (byId("stop") && sent.contains(byId("stop"))) {
      event.preventDefault();
      stopWork(sent);
    }
  });

  async function stopWork(sent) {
    byId("stop").disabled = true;
    try {
      const answer = await fetch(sent.action, { method: "POST", body: new FormData(sent), headers: { "X-Part": "1" } });
      if (!answer.ok) throw new Error(String(answer.status));
      fire("chat:news", 0);
      box.focus();
    } catch (error) {
      byId("stop").disabled = false;
      complain(place.dataset.lost);
    }
  }

  const manage = document.querySelector("[data-manage]");
  manage?.addEventListener("click", () => {
    const menu = byId("manage").closest("details");
    menu.open = true;
    setTimeout(() => menu.querySelector("summary").focus()); // after the browser has gone there
  });

  said.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(copyable(button.closest(".said").querySelector(".said__text")));
    byId("live").textContent = button.textContent = place.dataset.copied;
  });
  function copyable(text) {
    const copy = text.cloneNode(true);
    copy.querySelectorAll(".cite").forEach((cite) => cite.remove());
    copy.querySelectorAll("li").forEach((item) => item.prepend("- "));
    copy.querySelectorAll("p, li").forEach((part) => part.append("\n"));
    copy.querySelectorAll("br").forEach((br) => br.replaceWith("\n"));
    return copy.textContent.replace(/[ \t]+/g, " ").trim();
  }

  try {
    if (!box.value) box.value = sessionStorage.getItem(draft) || "";
  } catch (error) {
    // There is no draft.
  }
  grow();
  const fold = byId("panel-fold");
  if (fold && isNarrow()) fold.open = false;
  if (!location.hash.startsWith("#e-")) toEnd();
  if (!isNarrow()) box.focus({ preventScroll: true });
})();
