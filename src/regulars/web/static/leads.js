// Cards of leads: call, send, write down what came of it, take that back; new ones come by themselves.
(() => {
  const list = document.querySelector("[data-leads]");
  if (!list) return;
  const waiting = window.regularsWaiting;
  const { words } = list.dataset;
  const said = JSON.parse(words);
  const sheet = document.getElementById("result-sheet"), send = document.getElementById("send-sheet");
  const cardOf = (element) => element.closest("[data-lead]");
  let current = null;

  const note = (text) => {
    const place = document.getElementById("lead-said");
    place.textContent = text;
    place.hidden = !text;
  };
  const nameOf = (card) => card.querySelector("[data-name]").textContent.trim();

  // --- calling and sending
  const call = async (card, channel) => {
    const told = await waiting.post(card.dataset.call, { channel });
    if (!told) return note(said.needs_network);
    if (told.state !== "done") return note(told.text);
    note("");
    // The number goes to the dialler alone: it is neither shown nor kept.
    window.location.href = (channel === "sms" ? "sms:" : "tel:") + told.number;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      (send.open ? send : document.body).append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  };
  const openSend = (card) => {
    current = card;
    const { text, link, channels } = card.dataset;
    send.querySelector("[data-text]").value = text;
    send.querySelector("[data-link]").hidden = !link;
    const open = channels.split(" ");
    for (const channel of ["wecom", "sms"]) {
      send.querySelector(`[data-do=${channel}]`).hidden = !open.includes(channel);
    }
    send.querySelector("[data-copied]").textContent = "";
    send.querySelector("[data-wecom-chat]").dataset.wecomChat = card.dataset.chat;
    send.querySelector("h2").textContent = nameOf(card);
    send.showModal();
  };

  // --- what came of it
  const openSheet = (card, result) => {
    current = card;
    const form = sheet.querySelector("form");
    form.reset();
    sheet.querySelector("h2").textContent = nameOf(card);
    if (result) form.elements.result.value = result;
    sheet.showModal();
  };
  const done = (card, text, request_id) => {
    card.classList.add("is-done");
    card.dataset.request = request_id || "";
    card.querySelector("[data-done]").textContent = text;
  };
  const restore = (card) => card.classList.remove("is-done");
  const labelOf = (form) => form.querySelector("[name=result]:checked").dataset.label;

  const report = (form) => {
    const text = labelOf(form), fields = Object.fromEntries(new FormData(form));
    sheet.close();
    keep(current, fields, text);
  };
  const finish = (card, text) => keep(card, { result: "finished" }, text);
  const keep = async (card, fields, text) => {
    done(card, text);
    const told = await waiting.send(
      card.dataset.report, { ...fields, version: card.dataset.version }, nameOf(card),
    );
    if (told.state === "refused") return restore(card);
    if (told.state === "done") card.dataset.version = told.version;
    const suffix = { waiting: said.waits, conflict: said.conflict }[told.state];
    done(card, suffix ? `${text} · ${suffix}` : text, told.request_id);
  };
  const undo = async (card) => {
    if (card.dataset.request && await waiting.drop(card.dataset.request)) return restore(card);
    const told = await waiting.send(card.dataset.reopen, {}, nameOf(card));
    if (told.state !== "done") return;
    card.dataset.version = told.version;
    restore(card);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const card = cardOf(button) || current;
    // wecom.js, which hears the same click after this, opens the chat with what was written.
    if (button.matches("[data-do=wecom]")) button.dataset.text = send.querySelector("[data-text]").value;
    if (button.matches("[data-do=call]")) call(card, "call");
    if (button.matches("[data-do=send]")) openSend(card);
    if (button.matches("[data-do=result]")) openSheet(card, button.dataset.result);
    if (button.matches("[data-do=finish]")) finish(card, button.textContent.trim());
    if (button.matches("[data-do=undo]")) undo(card);
    if (button.matches("[data-do=close]")) button.closest("dialog").close();
    if (button.matches("[data-do=sms]")) call(current, "sms");
    if (button.matches("[data-do=copy-talk]")) {
      await copy(button.dataset.text);
      note(said.copied);
    }
    if (button.matches("[data-do=copy], [data-do=link], [data-do=wecom]")) {
      const isLink = button.matches("[data-do=link]");
      await copy(isLink ? current.dataset.link : send.querySelector("[data-text]").value);
      send.querySelector("[data-copied]").textContent = said.copied;
    }
    if (button.matches("[data-do=wecom]")) {
      waiting.send(current.dataset.touch, { channel: "wecom" }, nameOf(current));
      if (!(window.ww && current.dataset.chat)) window.location.href = "wxwork://";
    }
  });
  sheet.addEventListener("submit", (event) => {
    event.preventDefault();
    report(event.target);
  });
  document.addEventListener("regulars:told", ({ detail }) => {
    const card = [...document.querySelectorAll("[data-lead]")].find((c) => c.dataset.report === detail.url);
    if (!card || !card.classList.contains("is-done")) return;
    if (detail.told.state === "done") {
      card.dataset.version = detail.told.version;
      card.querySelector("[data-done]").textContent = detail.told.text;
    }
    if (detail.told.state === "refused") restore(card);
  });

  // What was written down before this page was opened, and has not gone out yet.
  const showWaiting = () => {
    for (const card of document.querySelectorAll("[data-lead]")) {
      const kept = waiting.waits(card.dataset.report);
      if (!kept) continue;
      const pick = sheet.querySelector(`[value="${kept.fields.result}"]`);
      const text = [pick && pick.dataset.label, said.waits].filter(Boolean).join(" · ");
      done(card, text, kept.fields.request_id);
    }
  };
  showWaiting();

  // --- new leads: the list is asked for again, and only what is not here yet is put in
  const refresh = async () => {
    try {
      const answer = await fetch(list.dataset.leads, { headers: { "X-Leads": "1" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      put(fresh.querySelector("[data-leads]"));
    } catch { /* no network: the stream comes back, and with it the next try */ }
  };
  const put = (fresh) => {
    if (!fresh) return;
    const here = new Map([...list.querySelectorAll("[data-lead]")].map((card) => [card.id, card]));
    const there = [...fresh.querySelectorAll("[data-lead]")];
    for (const [at, card] of there.entries()) {
      const own = here.get(card.id);
      if (own && own.dataset.version === card.dataset.version) continue;
      if (own && own.classList.contains("is-done")) continue;
      if (own) { own.replaceWith(card); continue; }
      card.classList.add("is-new");
      const before = there.slice(0, at).reverse().map((each) => list.querySelector(`#${each.id}`)).find(Boolean);
      if (before) before.after(card); else list.prepend(card);
    }
    const left = new Set(there.map((card) => card.id));
    for (const [id, card] of here) {
      if (!left.has(id) && !card.classList.contains("is-done") && card !== current) card.remove();
    }
    const empty = document.getElementById("no-leads");
    if (empty) empty.hidden = Boolean(list.querySelector("[data-lead]"));
    showWaiting();
  };

  const address = list.dataset.stream;
  if (!address) return;
  const name = `regulars leads ${address}`;
  const others = new BroadcastChannel(name);
  const WAIT_AFTER_REFUSAL = 15000, JUST_OPENED = 10000;
  const isFresh = () => performance.now() < JUST_OPENED && !waiting.away();
  const hear = ({ data }) => {
    // At its opening the stream asks for the list, which this page has just brought along.
    if (JSON.parse(data).what === "reload" && isFresh()) return;
    refresh();
    others.postMessage("leads");
  };
  const listen = () => {
    const stream = new EventSource(address);
    stream.addEventListener("leads", hear);
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, WAIT_AFTER_REFUSAL);
    });
  };
  others.addEventListener("message", refresh);
  if (navigator.locks) navigator.locks.request(name, () => { listen(); return new Promise(() => {}); });
  else listen();
})();
