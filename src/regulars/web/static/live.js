// Numbers that go on by themselves. One tab of a browser holds the stream and tells the others; when
// it is closed, the next one that waits for the lock takes over.
(() => {
  const cards = [...document.querySelectorAll("[data-live-of]")];
  if (!cards.length) return;
  const address = cards[0].dataset.liveStream;
  const name = `regulars ${document.documentElement.lang} ${address}`;
  const others = new BroadcastChannel(name);

  const write = (card, shown) => {
    for (const place of card.querySelectorAll("[data-live]")) {
      const figure = shown[place.dataset.live];
      if (!figure) continue;
      place.textContent = figure.text;
      place.className = `num ${figure.direction}`;
      if (figure.title) place.title = figure.title;
      else place.removeAttribute("title");
    }
  };
  const show = ({ org, shown }) => {
    for (const card of cards) if (!org || card.dataset.liveOf === org) write(card, shown);
  };
  const hear = ({ data }) => {
    const told = JSON.parse(data);
    show(told);
    others.postMessage(told);
  };

  const WAIT_AFTER_REFUSAL = 15000; // signed out, or too many streams: a browser would not try again
  const listen = () => {
    const stream = new EventSource(address);
    stream.addEventListener("number", hear);
    stream.addEventListener("as_of", hear);
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, WAIT_AFTER_REFUSAL);
    });
  };

  others.addEventListener("message", ({ data }) => show(data));
  // Only secure pages have locks; without them every tab holds a stream of its own.
  if (navigator.locks) navigator.locks.request(name, () => { listen(); return new Promise(() => {}); });
  else listen();
})();
