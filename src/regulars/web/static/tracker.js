// Regulars' tracker for a shop's own pages; docs/guides/tracker.md tells how to use it.
// What it sees is queued here, sent in batches, and kept until the platform says that it has it:
// an event may be sent twice, and counts once by its messageId.
(() => {
  const script = document.currentScript;
  const set = (script && script.dataset) || {};
  const endpoint = set.endpoint || new URL("/v1/batch", script ? script.src : location.href).href;
  const MINUTE = 6e4, VISIT = 30 * MINUTE, DOUBTFUL = 4320 * MINUTE;
  const WAIT = 1500, MOST_WAIT = 5 * MINUTE, MOST_QUEUED = 500, MOST_SENT = 50, MOST_LETTERS = 1e4;
  const PICKED = 'a,button,input,select,textarea,summary,[role="button"],[role="link"],[role="tab"],[onclick]';

  // Local storage, and memory where the browser gives none; nothing of either before consent.
  const NAMES = ["id", "user", "visit", "queue", "consent"];
  const memory = {};
  let isStoring = true;
  const stored = (work) => {
    try { if (isStoring) work(); } catch (e) { isStoring = false; }
  };
  const read = (name) => {
    stored(() => { memory[name] = JSON.parse(localStorage.getItem("regulars." + name)); });
    return memory[name];
  };
  const write = (name, value) => {
    memory[name] = value;
    stored(() => localStorage.setItem("regulars." + name, JSON.stringify(value)));
  };
  const forget = () => NAMES.forEach((name) => {
    delete memory[name];
    stored(() => localStorage.removeItem("regulars." + name));
  });
  const mayTrack = () => (set.consent === "ask" ? read("consent") === 1 : read("consent") !== -1);

  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const myId = () => {
    let id = read("id");
    if (!id) write("id", (id = newId()));
    return id;
  };

  // The page: its address without a query (it may hold names and numbers), but for what is allowed.
  const kept = (set.query || "").split(",").filter(Boolean);
  const pathNow = () => location.pathname + (location.hash.startsWith("#/") ? location.hash.split("?")[0] : "");
  const asked = (name) => {
    const inHash = location.hash.split("?")[1];
    return new URLSearchParams(location.search).get(name) || (inHash ? new URLSearchParams(inHash).get(name) : null);
  };
  const pageNow = () => {
    const query = kept.filter((name) => asked(name) !== null).map((name) => name + "=" + encodeURIComponent(asked(name)));
    return {
      $url: location.origin + pathNow() + (query.length ? "?" + query.join("&") : ""),
      $url_host: location.host, $url_path: pathNow(), $title: document.title.slice(0, 255),
    };
  };

  // The visit: what the link said that began it, until half an hour of silence or another link.
  const visitNow = () => {
    const before = read("visit");
    const visit = before && Date.now() - before.at < VISIT ? before : { link: {} };
    const link = {};
    for (const name of ["store", "consultant"]) {
      const said = asked(name) || set[name];
      if (said) link[name] = said.slice(0, 100);
    }
    for (const name of ["source", "medium", "campaign", "term", "content"]) {
      const said = asked("utm_" + name);
      if (said) link["$utm_" + name] = said.slice(0, 255);
    }
    try {
      const share = JSON.parse(asked("sampshare"));
      if (share && share.i && share.i !== myId()) {
        link.$share_distinct_id = String(share.i).slice(0, 255);
        link.$share_depth = (Math.trunc(share.d) || 0) + 1;
        link.$share_url_path = String(share.p || "").slice(0, 255);
        link.$share_method = String(share.m || "").slice(0, 50);
      }
    } catch (e) { /* not a share of ours */ }
    visit.link = Object.assign(visit.link, link);
    visit.at = Date.now();
    write("visit", visit);
    return visit;
  };

  const add = (type, more, properties) => {
    if (!mayTrack()) return;
    const entry = Object.assign({ type, messageId: newId(), anonymousId: myId(), timestamp: new Date().toISOString() }, more);
    if (read("user")) entry.userId = read("user");
    if (type !== "identify") entry.properties = Object.assign(pageNow(), visitNow().link, properties);
    if (JSON.stringify(entry).length > MOST_LETTERS) return;
    // [event, when it was first sent without an answer]: a doubtful one is not sent for ever.
    write("queue", (read("queue") || []).concat([[entry, 0]]).slice(-MOST_QUEUED));
    later(WAIT);
  };

  // Sending. `failures` grows the wait; leaving hands the queue to the browser.
  let timer = 0, failures = 0, isSending = false;
  const later = (wait) => { if (!timer) timer = setTimeout(() => { timer = 0; send(); }, wait); };
  const body = (entries) => JSON.stringify({
    batch: entries.map(([event]) => event), writeKey: set.key, sentAt: new Date().toISOString(),
    context: { library: { name: "regulars.js", version: "1" }, locale: navigator.language, userAgent: navigator.userAgent, screen: { width: screen.width, height: screen.height } },
  });
  const nextBatch = () => {
    const queue = (read("queue") || []).filter(([, since]) => !since || Date.now() - since < DOUBTFUL);
    const entries = queue.slice(0, MOST_SENT);
    while (body(entries).length > 2 * MOST_LETTERS) entries.pop();
    return entries;
  };
  const change = (entries, changed) => {
    const ids = new Set(entries.map(([event]) => event.messageId));
    write("queue", (read("queue") || []).map((entry) => (ids.has(entry[0].messageId) ? changed(entry) : entry)).filter(Boolean));
  };
  const doubt = (entries) => change(entries, ([event, since]) => [event, since || Date.now()]);

  const send = () => {
    const entries = mayTrack() ? nextBatch() : [];
    if (!entries.length || isSending) return;
    isSending = true;
    // Plain text is a simple request: no preflight from another origin, no cookie of anyone's.
    fetch(endpoint, { method: "POST", body: body(entries), headers: { "Content-Type": "text/plain" }, credentials: "omit", keepalive: true })
      .then((answer) => {
        isSending = false;
        if (answer.ok || answer.status === 400 || answer.status === 413) {
          change(entries, () => null); // taken, or never to be taken
          failures = 0;
          if (read("queue").length) later(0);
        } else again(answer.headers.get("Retry-After") * 1e3);
      })
      .catch(() => { isSending = false; doubt(entries); again(0); });
  };
  const again = (asked) => {
    const wait = Math.min(MOST_WAIT, 1e3 * 2 ** failures++) * (0.5 + Math.random() / 2);
    later(Math.max(wait, asked || 0));
  };
  const beacon = () => {
    const entries = mayTrack() ? nextBatch().filter(([, since]) => !since) : [];
    if (entries.length && navigator.sendBeacon && navigator.sendBeacon(endpoint, body(entries))) doubt(entries);
  };

  // Page views, how long the page was looked at and how far down.
  let referrer = document.referrer, seenFrom = 0, lowest = 0, last = {};
  const root = document.documentElement;
  const look = () => { lowest = Math.max(lowest, window.scrollY); };
  const start = () => { seenFrom = document.visibilityState === "hidden" ? 0 : Date.now(); lowest = 0; look(); };
  const leave = () => {
    if (!seenFrom) return;
    look();
    const height = Math.max(root.scrollHeight, 1);
    add("track", { event: "$WebPageLeave" }, Object.assign({
      event_duration: (Date.now() - seenFrom) / 1e3,
      $viewport_position: Math.round(lowest), $viewport_height: window.innerHeight,
      scroll_depth: Math.min(1, Math.round((lowest + window.innerHeight) / height * 100) / 100),
    }, last));
    seenFrom = 0;
  };
  const page = (name, properties) => {
    leave();
    last = pageNow();
    add("page", { name: name || document.title.slice(0, 255) }, Object.assign({ $referrer: referrer.split("?")[0] }, properties));
    referrer = last.$url;
    start();
  };
  const moved = () => setTimeout(() => { if (pageNow().$url !== last.$url) page(); });

  // Clicks: which element, where in the page, and which of a list.
  const tag = (element) => element.tagName.toLowerCase();
  const children = (element) => Array.from(element.parentElement ? element.parentElement.children : [element]);
  const nth = (element) => children(element).filter((other) => other.tagName === element.tagName).indexOf(element);
  const way = (element, named, plain) => {
    const parts = [];
    for (let at = element; at && at !== root; at = at.parentElement) {
      if (at.id && at !== document.body) { parts.unshift(named(at)); break; }
      parts.unshift(at === document.body ? "body" : plain(at));
    }
    return parts.join(" > ");
  };
  const picked = (target) => {
    const known = target.closest(PICKED);
    if (known) return known;
    const isHand = (element) => element && element !== document.body && getComputedStyle(element).cursor === "pointer";
    let found = isHand(target) ? target : null;
    while (found && isHand(found.parentElement)) found = found.parentElement;
    return found;
  };
  const text = (element) => {
    const isButton = tag(element) === "input" && /^(button|submit|reset)$/.test(element.type);
    const isField = /^(input|select|textarea)$/.test(tag(element)); // what people type is not ours
    const label = element.labels && element.labels[0];
    const said = isButton ? element.value : !isField ? element.textContent : label ? label.textContent : "";
    return (said.trim() || element.getAttribute("aria-label") || "").replace(/\s+/g, " ").slice(0, 255);
  };
  const clicked = (event) => {
    const target = event.composedPath()[0];
    const element = target.closest && picked(target);
    if (!element || element.closest("[data-regulars-ignore]")) return;
    const item = element.closest('[data-position],li,tr,[role="listitem"],[role="option"]');
    const properties = {
      $element_type: tag(element), $element_content: text(element),
      $element_selector: way(element, (at) => "#" + at.id, (at) => tag(at) + ":nth-of-type(" + (nth(at) + 1) + ")"),
      $element_path: way(element, (at) => tag(at) + "#" + at.id, tag),
    };
    if (element.id) properties.$element_id = element.id;
    if (element.name) properties.$element_name = element.name;
    if (element.href) properties.$element_target_url = String(element.href).split("?")[0];
    if (element.className && typeof element.className === "string") properties.$element_class_name = element.className;
    if (item) properties.$element_position = item.dataset.position ? +item.dataset.position : nth(item);
    add("track", { event: "$WebClick" }, properties);
  };

  // A link to this page (or to `address`) that carries who passes it on.
  const link = (method, address) => {
    const url = new URL(address || location.href, location.href);
    if (!mayTrack()) return url.href;
    const said = visitNow().link;
    for (const name of ["store", "consultant"]) if (said[name]) url.searchParams.set(name, said[name]);
    const share = { i: myId(), p: url.pathname, d: said.$share_depth || 0, m: method || "link" };
    url.searchParams.set("sampshare", JSON.stringify(share));
    return url.href;
  };

  const calls = {
    page, link, flush: send,
    track: (event, properties) => add("track", { event }, properties),
    identify: (userId, traits) => {
      if (!mayTrack()) return;
      write("user", String(userId));
      add("identify", { traits: traits || {} });
    },
    share: (method, address) => {
      add("track", { event: "$WebShare" }, { $share_method: method || "link" });
      return link(method, address);
    },
    reset: () => { if (mayTrack()) { send(); write("user", null); write("id", newId()); } },
    consent: (isGiven) => {
      const was = mayTrack();
      if (!isGiven) { forget(); if (set.consent !== "ask") write("consent", -1); return; }
      write("consent", 1);
      seenFrom = was ? seenFrom : 0; // what was looked at before is nobody's business
      if (!was) page();
    },
  };

  document.addEventListener("click", clicked, true);
  window.addEventListener("scroll", look, { passive: true });
  window.addEventListener("popstate", moved);
  window.addEventListener("hashchange", moved);
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function () { const answer = original.apply(this, arguments); moved(); return answer; };
  }
  // A phone's page may end unheard while hidden: each stretch of looking is told when it ends.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { leave(); beacon(); } else start();
  });
  window.addEventListener("pagehide", () => { leave(); beacon(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) page(); });
  window.addEventListener("online", send);

  const waiting = window.regulars;
  window.regulars = Object.assign({ push: ([name, ...given]) => calls[name](...given) }, calls);
  page();
  if (Array.isArray(waiting)) waiting.forEach(window.regulars.push);
})();
