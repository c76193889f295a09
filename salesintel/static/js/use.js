// Counts which sections of a brief are used: evidence opened, more asked for, something copied. Once each per page, without a
// name, a cookie or a third party; and nothing at all for whoever asks not to be tracked.
(function () {
  "use strict";

  const form = document.getElementById("use");
  if (!form || navigator.doNotTrack === "1" || navigator.globalPrivacyControl) return;
  const told = new Set();

  function sectionOf(node) {
    const element = node instanceof Element ? node : node && node.parentElement;
    const section = element && element.closest("section.card");
    if (!section) return "";
    const heading = section.getAttribute("aria-labelledby");
    return heading ? heading.replace(/-title$/, "") : "other";
  }

  function tell(action, node) {
    const section = sectionOf(node);
    const key = `${section} ${action}`;
    if (!section || told.has(key)) return;
    told.add(key);
    const body = new FormData(form);
    body.set("section", section);
    body.set("action", action);
    fetch(form.action, { method: "POST", body, keepalive: true, credentials: "same-origin" }).catch(() => {});
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-evidence]");
    if (link) tell("evidence", link);
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.open && event.target.matches("details.more")) tell("more", event.target);
    },
    true,
  );
  document.addEventListener("copy", () => {
    const selection = document.getSelection();
    if (selection && !selection.isCollapsed) tell("copied", selection.anchorNode);
  });
})();
