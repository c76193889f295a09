// The try-it page goes dark by a class of its own. It follows the theme that was chosen in the product, else the system's.
(function () {
  "use strict";
  const page = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => page.classList.toggle("dark-mode", (page.dataset.theme || (system.matches ? "dark" : "light")) === "dark");
  follow();
  system.addEventListener("change", follow);
})();
