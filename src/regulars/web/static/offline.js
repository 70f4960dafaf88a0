// What is written down without a network waits here, each with the id of its request, and goes out
// once. `regularsWaiting.send` answers what became of it: done, waiting, conflict or refused.
(() => {
  const { person } = document.body.dataset;
  if (!person) return;
  const KEY = `regulars waiting ${person}`, LIST = "/m/leads/";
  const mark = document.getElementById("offline-mark");
  const heard = new Map();
  let isAway = !navigator.onLine;

  const read = () => JSON.parse(localStorage.getItem(KEY) || "[]");
  const show = () => {
    const count = read().length;
    mark.hidden = !isAway && !count;
    mark.textContent = [isAway ? mark.dataset.away : "", count ? `${mark.dataset.waiting} ${count}` : ""]
      .filter(Boolean).join(" · ");
  };
  const write = (waiting) => { localStorage.setItem(KEY, JSON.stringify(waiting)); show(); };
  const away = (is) => { isAway = is; show(); };
  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
    return [8, 12, 16, 20].reduceRight((id, at) => `${id.slice(0, at)}-${id.slice(at)}`, hex);
  };
  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";

  // Null: nobody answered as expected (no network, signed out, the server starts again): keep it.
  const post = async (url, fields) => {
    try {
      const answer = await fetch(url, {
        method: "POST", body: new URLSearchParams(fields),
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
      });
      away(false);
      const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      return isJson && answer.status < 500 ? await answer.json() : null;
    } catch {
      away(true);
      return null;
    }
  };

  const tell = (told, label) => {
    const alert = document.createElement("div");
    alert.className = "alert alert-danger";
    alert.setAttribute("role", "alert");
    alert.textContent = label ? `${label}: ${told.text}` : told.text;
    document.getElementById("page").prepend(alert);
  };

  const alone = (work) => navigator.locks ? navigator.locks.request(KEY, work) : work();
  const flush = () => alone(async () => {
    let sent = 0;
    for (const each of read()) {
      const told = await post(each.url, each.fields);
      if (!told) break;
      write(read().filter((other) => other.fields.request_id !== each.fields.request_id));
      heard.set(each.fields.request_id, told);
      if (told.state !== "done") tell(told, each.label);
      document.dispatchEvent(new CustomEvent("regulars:told", { detail: { ...each, told } }));
      sent += 1;
    }
    if (sent) keepList();
  });

  const send = async (url, fields, label = "") => {
    const request_id = newId();
    write([...read(), { url, label, fields: { ...fields, request_id } }]);
    await flush();
    const told = heard.get(request_id) || { state: "waiting" };
    return { ...told, request_id };
  };
  // Takes back what has not gone out yet; whether it was still here.
  const drop = (request_id) => alone(() => {
    const before = read(), after = before.filter((each) => each.fields.request_id !== request_id);
    write(after);
    return after.length < before.length;
  });
  const waits = (url) => read().find((each) => each.url === url);

  // The worker keeps what it was not yet there to see.
  const worker = navigator.serviceWorker;
  const tellWorker = (data) => worker && worker.ready.then(({ active }) => active.postMessage(data));
  const keepList = () => tellWorker({ list: LIST });
  if (worker) {
    const isNew = !worker.controller;
    const files = () => performance.getEntriesByType("resource").map((each) => each.name)
      .filter((name) => name.includes("/static/"));
    worker.register("/m/worker.js", { scope: "/m/" }).catch(() => {});
    // Once all of them are here: scripts that come after this one count too.
    if (isNew) window.addEventListener("load", () => tellWorker({ list: LIST, files: files() }));
  }

  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-leave]")) return;
    event.preventDefault();
    await flush();
    if (read().length && !window.confirm(mark.dataset.lost)) return;
    if (window.caches) await caches.delete("regulars lists");
    localStorage.removeItem(KEY);
    event.target.submit();
  });
  window.addEventListener("online", () => { away(false); flush(); });
  window.addEventListener("offline", () => away(true));
  window.regularsWaiting = { send, drop, waits, post, away: () => isAway };
  show();
  if (read().length) flush();
})();
