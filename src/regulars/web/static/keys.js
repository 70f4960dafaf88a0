// Keys on the desk: / goes to the search, g h goes home, arrows walk the rows of a table.
(() => {
  let last = "";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const walk = (from, step) => {
    const links = [...document.querySelectorAll("[data-rows] tbody tr a.row-link, [data-rows] tbody th a")];
    const at = links.indexOf(from);
    const next = links[at < 0 ? 0 : at + step];
    if (next) next.focus();
    return Boolean(next);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (event.target === document.body || event.target.closest("[data-rows]"))) {
      if (walk(event.target, step)) event.preventDefault();
    } else if (event.key === "/") {
      const field = document.querySelector('[data-key="/"]');
      if (field) { event.preventDefault(); field.focus(); }
    } else if (event.key === "h" && last === "g") {
      window.location.assign("/");
    }
    last = event.key;
  });
})();
