// A tap on a shortened number shows the exact one, the next tap the short one again.
document.addEventListener("click", (event) => {
  const number = event.target.closest(".num[title]");
  if (!number || number.closest("a, button, summary, label")) return;
  [number.textContent, number.title] = [number.title, number.textContent];
});
