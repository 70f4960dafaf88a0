// A tap on a shortened number shows the exact one, and on an unknown one why it is not known; the
// next tap shows again what was there.
document.addEventListener("click", (event) => {
  const figure = event.target.closest(".num[title], .unknown[title]");
  if (!figure || figure.closest("a, button, summary, label")) return;
  const text = figure.matches(".unknown") ? figure.firstChild : figure;
  [text.textContent, figure.title] = [figure.title, text.textContent];
});
