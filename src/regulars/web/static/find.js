// A field marked data-finds hides those elements beside it that do not hold what is typed.
document.addEventListener("input", (event) => {
  const wanted = event.target.dataset.finds;
  if (!wanted) return;
  const text = event.target.value.trim().toLowerCase();
  for (const each of event.target.parentElement.querySelectorAll(wanted)) {
    each.hidden = !each.querySelector("summary").textContent.toLowerCase().includes(text);
  }
  for (const group of event.target.parentElement.querySelectorAll("details:has(" + wanted + ")")) {
    group.hidden = !group.querySelector(wanted + ":not([hidden])");
  }
});
