// The line to the server while a conversation is open: a WebSocket; where none gets through, server-sent events; where
// these do not either, looking again. It tells of news by number and holds no words: the page fetches them (chat.js).
// Only the sentences of an answer that is just being written come along it, without a number.
(function () {
  "use strict";

  const FIRST = 500; // milliseconds until the first try to connect again, at most; doubled with every further one
  const LONGEST = 15000;
  const POLL = 4000;
  const LOOKS = 8; // that many times is looked again before a socket is tried anew
  const QUIET = 20000; // a line that says nothing for so long is asked whether it is still there
  const PATIENCE = 8000; // and given up when it does not answer
  const FORBIDDEN = 4401;
  const KINDS = ["workflow_progress", "partial_results", "source_update", "question_response"];

  const place = document.getElementById("chat");
  if (!place) return;
  const notice = document.getElementById("line");

  let socket = null;
  let tries = 0; // since the line last stood
  let refused = 0; // sockets that never opened, one after the other
  let isOver = false;
  let retry = 0;
  let quiet = 0;

  function say(words) {
    if (notice.textContent !== words) notice.textContent = words;
    notice.hidden = !words;
  }

  function end(words) {
    isOver = true;
    clearTimeout(retry);
    say(words);
    if (socket) socket.close();
  }

  const seen = () => Number(place.dataset.seq);
  const tell = (seq) => place.dispatchEvent(new CustomEvent("chat:news", { detail: seq }));

  // Whether it was a sentence of an answer that is being written.
  function isDelta(told) {
    if (!told.data || told.data.step !== "delta" || told.seq) return false;
    place.dispatchEvent(new CustomEvent("chat:delta", { detail: told.data }));
    return true;
  }

  function stands() {
    tries = 0;
    refused = 0;
    say("");
    place.dispatchEvent(new CustomEvent("chat:stands"));
    tell(0); // whatever was missed
  }

  // Everybody lost the line at the same moment; at random moments they come back.
  function again(next) {
    if (isOver) return;
    const longest = Math.min(FIRST * 2 ** tries, LONGEST);
    tries += 1;
    say(place.dataset.lost);
    clearTimeout(retry);
    retry = setTimeout(next, longest * (0.5 + Math.random() / 2));
  }

  // --- The three ways --------------------------------------------------------------------------------------------------

  function connect() {
    if (isOver) return;
    const url = new URL(place.dataset.socket, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("after", seen());
    const own = (socket = new WebSocket(url));
    let opened = false;
    own.addEventListener("open", () => {
      opened = true;
      stands();
      listen();
    });
    own.addEventListener("message", (message) => {
      listen();
      const told = JSON.parse(message.data);
      if (!isDelta(told) && told.seq) tell(told.seq);
    });
    own.addEventListener("close", (event) => {
      clearTimeout(quiet);
      if (own !== socket) return;
      socket = null;
      if (event.code === FORBIDDEN) return end(place.dataset.out);
      if (opened) tell(0); // it may be gone: the page is told so when it asks
      else refused += 1;
      again(refused > 1 ? stream : connect);
    });
  }

  // A laptop that slept, or a cable that was pulled: the socket stays open and nothing comes.
  function listen() {
    clearTimeout(quiet);
    quiet = setTimeout(ping, QUIET);
  }

  function ping() {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    const asked = socket;
    asked.send('{"type": "ping"}');
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      if (asked !== socket) return;
      socket = null; // `close` would wait for the other side
      asked.close();
      again(connect);
    }, PATIENCE);
  }

  function stream() {
    if (isOver) return;
    const url = new URL(place.dataset.stream, location.href);
    url.searchParams.set("after", seen());
    const events = new EventSource(url);
    let opened = false;
    events.addEventListener("open", () => {
      opened = true;
      stands();
    });
    KINDS.forEach((kind) =>
      events.addEventListener(kind, (event) => isDelta(JSON.parse(event.data)) || tell(Number(event.lastEventId)))
    );
    events.addEventListener("error", (event) => {
      if (event.data !== undefined) return tell(Number(event.lastEventId)); // an event that is called so
      events.close();
      if (opened) again(connect);
      else poll(LOOKS);
    });
  }

  function poll(looks) {
    if (isOver) return;
    if (!looks) return connect();
    tell(0);
    retry = setTimeout(poll, POLL, looks - 1);
  }

  // --- What the page finds out -----------------------------------------------------------------------------------------

  const isOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;
  place.addEventListener("chat:reached", () => {
    if (!socket || isOpen()) say("");
  });
  place.addEventListener("chat:unreached", () => {
    if (isOver) return;
    say(place.dataset.lost);
    if (!isOpen()) return;
    clearTimeout(retry);
    retry = setTimeout(tell, POLL * (0.5 + Math.random() / 2), 0); // the line stands, but what it told of is not here yet
  });
  place.addEventListener("chat:over", (event) => end(event.detail));

  function wake() {
    if (isOver || document.visibilityState === "hidden") return;
    if (socket) return ping();
    clearTimeout(retry);
    connect();
  }
  // Whether the old socket survived cannot be seen; a new one is told whatever was missed.
  window.addEventListener("online", () => {
    if (isOver) return;
    clearTimeout(retry);
    clearTimeout(quiet);
    const old = socket;
    socket = null;
    if (old) old.close();
    connect();
  });
  window.addEventListener("offline", () => {
    if (!isOver) say(place.dataset.lost);
  });
  document.addEventListener("visibilitychange", wake);

  connect();
})();
