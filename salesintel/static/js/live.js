// A run's page while the run is under way: renews itself when something happened, and finds its way back to the server.
// The page's content is the server's, so nothing is ever shown twice; `seen` only spares what need not be told again.
(function () {
  "use strict";

  const FIRST = 500; // milliseconds until the first try to connect again, at most; doubled with every further one
  const LONGEST = 15000;
  const GATHER = 200; // events often come several at once
  const OVER = 1000;
  const FORBIDDEN = 4401;

  const part = () => document.querySelector("#progress[data-follow]"); // no longer there once the run has ended
  const notice = document.getElementById("connection");
  if (!part() || !notice) return;

  let seen = Number(part().dataset.seq);
  let tries = 0;
  let renewing = false;

  function renew() {
    if (renewing) return;
    renewing = true;
    setTimeout(() => {
      renewing = false;
      if (part()) htmx.trigger(part(), "news");
    }, GATHER);
  }

  function say(text) {
    if (notice.textContent !== text) notice.textContent = text;
    notice.hidden = !text;
  }

  // Everybody lost the connection at the same moment; at random moments they come back.
  function again() {
    const longest = Math.min(FIRST * 2 ** tries, LONGEST);
    tries += 1;
    say("The connection is lost. Trying again …");
    setTimeout(connect, longest * (0.5 + Math.random() / 2));
  }

  function connect() {
    if (!part()) return say("");
    const url = new URL(part().dataset.follow, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("after", seen);
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      if (tries) renew();
      tries = 0;
      say("");
    });
    socket.addEventListener("message", (message) => {
      const told = JSON.parse(message.data);
      if (told.seq > seen) {
        seen = told.seq;
        renew();
      }
    });
    socket.addEventListener("close", (event) => {
      if (event.code === OVER) renew();
      else if (event.code === FORBIDDEN) say("You are logged out. Load this page again to log in.");
      else again();
    });
  }

  connect();
})();
