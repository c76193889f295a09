// Sets the chosen theme before the page is drawn, so that it does not flash. Loaded in the head, without defer.
(function () {
  "use strict";
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch (error) {
    // Storage is blocked: the system's own preference holds.
  }
  document.documentElement.classList.add("js");
})();
