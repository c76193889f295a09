// What the pages do beyond links, forms and htmx: theme, keyboard, company box, evidence drawer, announcements.
// Every page works without this file; nothing here makes HTML of text.
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const isDark = () =>
    (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  // --- Theme ---------------------------------------------------------------------------------------------------------

  const theme = byId("theme");
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      try {
        localStorage.setItem("theme", next);
      } catch (error) {
        // It holds for this page only.
      }
    });
  }

  // --- Keyboard ------------------------------------------------------------------------------------------------------

  const isTyping = (target) => target.matches("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
      event.preventDefault();
      const box = byId("id_company");
      if (box) box.focus();
      else location.assign("/");
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
  });

  // --- Company box ---------------------------------------------------------------------------------------------------

  const box = byId("id_company");
  const list = byId("suggestions");
  if (box && list) {
    const domain = byId("id_company_domain");
    const options = () => Array.from(list.querySelectorAll("[role=option]"));
    let active = -1;

    const show = (open) => {
      list.hidden = !open;
      box.setAttribute("aria-expanded", String(open));
      if (!open) mark(-1);
    };
    const mark = (index) => {
      active = index;
      options().forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
      const option = options()[index];
      if (option) {
        box.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else box.removeAttribute("aria-activedescendant");
    };
    const choose = (option) => {
      box.value = option.dataset.name;
      domain.value = option.dataset.domain;
      show(false);
      box.form.dispatchEvent(new CustomEvent("company-chosen"));
    };

    box.addEventListener("input", () => {
      domain.value = ""; // what was chosen no longer holds
    });
    list.addEventListener("htmx:afterSwap", () => {
      active = -1;
      show(list.children.length > 0 && document.activeElement === box);
    });
    list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault(); // the box keeps the focus
      choose(option);
    });
    box.addEventListener("blur", () => show(false));
    box.addEventListener("keydown", (event) => {
      const count = options().length;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        show(false);
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
        event.preventDefault();
        if (list.hidden) show(true);
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark((active + step + count + (active < 0 && step < 0 ? 1 : 0)) % count);
      } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
        event.preventDefault();
        choose(options()[active]);
      }
    });
  }
  const vendor = byId("id_vendor");
  if (vendor) vendor.addEventListener("input", () => (byId("id_vendor_domain").value = ""));

  // --- Evidence ------------------------------------------------------------------------------------------------------

  const drawer = byId("drawer");
  if (drawer && drawer.showModal) {
    const body = byId("drawer-body");
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-evidence]");
      if (!link) return;
      const items = link.dataset.evidence.split(" ").map(byId).filter(Boolean);
      if (!items.length) return;
      event.preventDefault();
      const copies = items.map((item) => {
        const copy = item.cloneNode(true);
        copy.removeAttribute("id");
        return copy;
      });
      body.replaceChildren(...copies);
      byId("drawer-said").textContent = said(link);
      drawer.showModal();
      body.scrollTop = 0;
    });
    drawer.addEventListener("click", (event) => {
      if (event.target === drawer || event.target.closest("[data-close]")) drawer.close();
    });
  }
  function said(link) {
    const statement = link.parentElement.cloneNode(true);
    statement.querySelectorAll(".cite, .badge, .muted").forEach((part) => part.remove());
    return statement.textContent.trim();
  }

  // --- Contents ------------------------------------------------------------------------------------------------------

  const parts = Array.from(document.querySelectorAll(".contents a"), (link) => ({ link, heading: byId(link.hash.slice(1)) }))
    .filter(({ heading }) => heading)
    .map(({ link, heading }) => ({ link, part: heading.closest("section") || heading }));
  if (parts.length) {
    const inSight = new Set();
    const watcher = new IntersectionObserver(
      (entries) => {
        entries.forEach(({ target, isIntersecting }) => (isIntersecting ? inSight.add(target) : inSight.delete(target)));
        const now = parts.find(({ part }) => inSight.has(part));
        if (!now) return; // between two parts the last one holds
        parts.forEach(({ link }) => link.removeAttribute("aria-current"));
        now.link.setAttribute("aria-current", "true");
      },
      { rootMargin: "-96px 0px -60% 0px" },
    );
    parts.forEach(({ part }) => watcher.observe(part));
  }

  // --- Print, announcements ------------------------------------------------------------------------------------------

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  const live = byId("live");
  const announce = () => {
    const part = document.querySelector("[data-announce]");
    if (part && live && live.textContent !== part.dataset.announce) live.textContent = part.dataset.announce;
  };
  announce();
  document.addEventListener("htmx:afterSettle", announce);
})();
