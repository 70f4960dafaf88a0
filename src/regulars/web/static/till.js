// The till: a ticket in whole cents and thousandths of a unit, kept in this browser as it grows.
(() => {
  const facts = JSON.parse(document.getElementById("till-facts").textContent);
  const { texts } = facts;
  const DRAFT = "regulars till draft", GOODS = `regulars till goods ${facts.org}`;
  const MILLI = 1000, FAST_MS = 250, LONGEST_CODE = 30;
  const at = (id) => document.getElementById(id);
  const amount = (cents) => `${cents < 0 ? "−" : ""}${facts.symbol}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
  const plain = (number, size, places) => {
    const rest = String(number % size).padStart(places, "0").replace(/0+$/, "");
    return `${Math.floor(number / size)}${rest && `.${rest}`}`;
  };
  // "12.5" → 1250 hundredths; null for what is no number. Text is cut, so nothing is rounded.
  const whole = (text, places) => {
    const told = text.trim().replace(/^$/, "0").match(/^(\d{1,7})(?:[.。](\d*))?$/);
    if (!told || (told[2] || "").length > places) return null;
    return Number(told[1] + (told[2] || "").padEnd(places, "0"));
  };
  const cents = (text) => whole(text, 2);
  const fresh = () => ({ lines: [], buyer: null, isOfferUsed: false, off: 0, method: "cash", given: "" });
  const read = (key, otherwise) => { try { return JSON.parse(localStorage.getItem(key)) || otherwise; } catch { return otherwise; } };
  let ticket = read(DRAFT, fresh());
  let goods = read(GOODS, []);
  let last = null;

  // Sums: the same rules as the house's, which checks them.
  const grossOf = (line) => Math.floor((2 * line.price * line.milli + MILLI) / (2 * MILLI));
  const netBefore = () => ticket.lines.reduce((sum, line) => sum + grossOf(line) - line.discount, 0);
  const openNet = () => ticket.lines.reduce((sum, line) => sum + (line.isGuarded ? 0 : grossOf(line) - line.discount), 0);
  const suggestion = () => ticket.buyer && ticket.buyer.suggestion;
  const offerOff = (net) => {
    const offer = suggestion() && suggestion().offer;
    if (!offer || net <= 0 || net < offer.least_cents) return 0;
    return Math.min(net, offer.off_cents + Math.floor((2 * net * offer.off_percent + 100) / 200));
  };
  const sums = () => {
    const net = netBefore();
    const gross = ticket.lines.reduce((sum, line) => sum + grossOf(line), 0);
    const off = Math.min(openNet(), ticket.off + (ticket.isOfferUsed ? offerOff(openNet()) : 0));
    return { gross, off, net: net - off, discount: gross - net + off };
  };

  const row = (id) => at(id).content.cloneNode(true).firstElementChild;
  const ask = async (url, query) => {
    const answer = await fetch(`${url}?${new URLSearchParams({ org: facts.org, ...query })}`);
    if (answer.redirected) throw new Error(texts.signed_out);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    return told;
  };
  const post = async (url, body) => {
    const answer = await fetch(`${url}?org=${encodeURIComponent(facts.org)}`, { method: "POST", body, headers: { "X-CSRFToken": document.querySelector("input[name=csrfmiddlewaretoken]").value } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    return told;
  };
  const whyOf = (error) => (error instanceof TypeError || error instanceof SyntaxError ? texts.offline : error.message);

  // Goods
  const matches = (text) => {
    const wanted = text.toLowerCase();
    const exact = goods.filter((each) => each.barcode === text || each.code === text);
    return exact.length ? exact : goods.filter((each) => each.name.toLowerCase().includes(wanted)).slice(0, 20);
  };
  const find = async (text) => {
    try {
      const found = (await ask(facts.goods, { q: text })).goods;
      goods = [...found, ...goods.filter((each) => !found.some((one) => one.code === each.code))];
      return found;
    } catch { return matches(text); }
  };
  const pickRow = (article) => {
    const item = row("found-row");
    const [name, price] = item.querySelectorAll("span");
    name.textContent = article.name;
    price.textContent = article.price_cents === null ? texts.no_price : amount(article.price_cents);
    item.querySelector("button").addEventListener("click", () => { add(article); at("scan").focus(); });
    return item;
  };
  const add = (article) => {
    at("done").hidden = true;
    const same = ticket.lines.find((line) => line.code === article.code && !line.discount);
    if (same) same.milli += MILLI;
    else ticket.lines.push({ code: article.code, name: article.name, milli: MILLI, price: article.price_cents || 0, asked: article.price_cents, quote: article.quote, isGuarded: article.is_guarded, discount: 0 });
    at("scan").value = "";
    at("found").replaceChildren();
    at("found-none").hidden = true;
    draw();
  };
  const showFound = (found) => {
    at("found").replaceChildren(...found.map(pickRow));
    at("found-none").hidden = found.length > 0;
    at("found-none").textContent = texts.none_found;
  };
  const scan = async (text) => {
    const known = goods.filter((each) => each.barcode === text || each.code === text);
    const found = known.length ? known : await find(text);
    if (found.length === 1) add(found[0]); else showFound(found);
  };

  // Lines
  const lineRow = (line) => {
    const item = row("line-row");
    const quantity = item.querySelector(".till-quantity"), price = item.querySelector(".till-price"), off = item.querySelector(".till-discount");
    item.querySelector(".till-name").textContent = line.name;
    item.querySelector(".till-net").textContent = amount(grossOf(line) - line.discount);
    quantity.value = plain(line.milli, MILLI, 3);
    price.value = line.price || line.asked !== null ? plain(line.price, 100, 2) : "";
    off.value = line.discount ? plain(line.discount, 100, 2) : "";
    price.readOnly = !facts.may_decide && line.asked !== null;
    item.querySelector(".till-off").hidden = !facts.may_decide || line.isGuarded;
    for (const [field, name] of [[quantity, texts.quantity], [price, texts.price], [off, texts.discount]]) field.setAttribute("aria-label", `${name} · ${line.name}`);
    for (const [what, name] of [["less", texts.less], ["more", texts.more], ["remove", texts.remove]]) item.querySelector(`[data-do=${what}]`).setAttribute("aria-label", `${name} · ${line.name}`);
    const changes = (field, told, key, least) => field.addEventListener("change", () => {
      if (told !== null && told() !== null && told() >= least) line[key] = told();
      line.discount = Math.min(line.discount, grossOf(line));
      draw();
    });
    changes(quantity, () => whole(quantity.value, 3), "milli", 1);
    changes(price, () => cents(price.value), "price", 0);
    changes(off, () => cents(off.value), "discount", 0);
    item.addEventListener("click", ({ target }) => {
      const what = target.dataset.do;
      if (!what) return;
      if (what === "more") line.milli += MILLI;
      if (what === "less") line.milli -= MILLI;
      if (what === "remove" || line.milli <= 0) ticket.lines = ticket.lines.filter((each) => each !== line);
      line.discount = Math.min(line.discount, Math.max(0, grossOf(line)));
      draw();
    });
    return item;
  };

  // Whom it is for
  const choose = async (code, card) => {
    try { ticket.buyer = card || (await ask(facts.member, { code })); } catch (error) { at("who-none").hidden = false; at("who-none").textContent = error.message; return; }
    ticket.isOfferUsed = false;
    at("who").value = "";
    at("who-found").replaceChildren();
    at("who-none").hidden = true;
    at("guest-box").hidden = true;
    draw();
  };
  const memberRow = (member) => {
    const item = row("found-row");
    const [name, phone] = item.querySelectorAll("span");
    name.textContent = member.name;
    phone.textContent = member.phone || member.code;
    item.querySelector("button").addEventListener("click", () => choose(member.code));
    return item;
  };
  let asked = "";
  const findMember = async () => {
    const text = at("who").value.trim();
    asked = text;
    at("guest-box").hidden = true;
    if (!text) { at("who-found").replaceChildren(); at("who-none").hidden = true; return; }
    let found = [], why = texts.none_found;
    try { found = (await ask(facts.members, { q: text })).members; } catch (error) { why = error instanceof TypeError ? texts.offline : error.message; }
    if (asked !== text) return;
    at("who-found").replaceChildren(...found.map(memberRow));
    at("who-none").hidden = found.length > 0;
    at("who-none").textContent = why;
    at("guest-box").hidden = found.length > 0 || why !== texts.none_found;
  };

  const drawBuyer = () => {
    const { buyer } = ticket;
    at("buyer-find").hidden = Boolean(buyer);
    at("buyer-card").hidden = !buyer;
    if (!buyer) return;
    at("buyer-name").textContent = buyer.name;
    at("buyer-facts").textContent = [buyer.code, buyer.phone, buyer.level].filter(Boolean).join(" · ");
    const told = buyer.suggestion;
    at("suggestion").hidden = !told;
    if (told) {
      for (const what of ["title", "reason", "talk", "coupon"]) at(`suggestion-${what}`).textContent = told[what];
      at("suggestion-goods").replaceChildren(...told.goods.map(pickRow));
      const net = openNet();
      at("offer-use").hidden = !told.offer;
      at("offer-use").setAttribute("aria-pressed", String(ticket.isOfferUsed));
      at("offer-why").textContent = !told.coupon ? "" : !told.offer ? texts.coupon_by_hand : net < told.offer.least_cents ? texts.not_reached.replace("%(amount)s", amount(told.offer.least_cents)) : offerOff(net) ? `−${amount(offerOff(net))}` : "";
    }
    at("usual-box").hidden = !buyer.usual.length;
    at("usual").replaceChildren(...buyer.usual.map(pickRow));
  };

  const draw = () => {
    localStorage.setItem(DRAFT, JSON.stringify(ticket));
    at("lines").replaceChildren(...ticket.lines.map(lineRow));
    at("empty-ticket").hidden = ticket.lines.length > 0 || !at("done").hidden;
    at("pay").hidden = ticket.lines.length === 0;
    drawBuyer();
    drawPay();
  };
  const drawPay = () => {
    const { gross, net, discount } = sums();
    at("gross").textContent = amount(gross);
    at("discount").textContent = amount(-discount);
    at("discount-row").hidden = !discount;
    at("net").textContent = amount(net);
    for (const chip of document.querySelectorAll("[data-method]")) chip.setAttribute("aria-pressed", String(chip.dataset.method === ticket.method));
    const isCash = ticket.method === "cash";
    at("given-row").hidden = !isCash;
    const given = ticket.given ? cents(ticket.given) : net;
    at("change-row").hidden = !isCash || !ticket.given || given === null;
    at("change-label").textContent = given >= net ? texts.change : texts.too_little;
    at("change").textContent = amount(Math.abs((given || 0) - net));
    const isUnpriced = ticket.lines.some((line) => line.asked === null && !line.price);
    at("take").disabled = isUnpriced || (isCash && (given === null || given < net));
    at("pay-error").textContent = isUnpriced ? texts.no_price : "";
  };

  const take = () => {
    const { net, off } = sums();
    const given = ticket.method === "cash" && ticket.given ? cents(ticket.given) : net;
    const wish = {
      sale_id: crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16)),
      seller: facts.seller,
      lines: ticket.lines.map((line) => ({ product: line.code, milli: line.milli, price_cents: line.price, discount_cents: line.discount, quote: line.quote })),
      off_cents: off, method: ticket.method, given_cents: given,
      member: ticket.buyer ? ticket.buyer.code : "",
      lead_id: suggestion() ? suggestion().lead_id : null,
      sold_at: new Date().toISOString(),
    };
    last = wish.sale_id;
    at("done").hidden = false;
    at("done-text").textContent = texts.sold.replace("%(amount)s", amount(net));
    at("done-change").textContent = given > net ? `${texts.change} ${amount(given - net)}` : "";
    at("done-number").textContent = texts.number_follows;
    at("done-receipt").hidden = true;
    const detail = { wish, net, ticket };
    ticket = fresh();
    at("given").value = "";
    at("off").value = "";
    document.dispatchEvent(new CustomEvent("till:sold", { detail }));
    draw();
    at("scan").focus();
  };

  document.addEventListener("till:taken", ({ detail }) => {
    if (detail.sale_id !== last) return;
    at("done-number").textContent = detail.number;
    at("done-receipt").href = detail.receipt;
    at("done-receipt").hidden = false;
  });
  document.addEventListener("till:edit", ({ detail }) => { ticket = detail; at("done").hidden = true; draw(); });
  document.addEventListener("till:scanned", ({ detail }) => scan(detail));

  let timer = 0;
  at("scan").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = at("scan").value.trim();
      if (text.length < 2) return showFound([]), (at("found-none").hidden = true);
      const found = await find(text);
      if (at("scan").value.trim() === text) showFound(found);
    }, FAST_MS);
  });
  at("scan").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(timer);
    const text = at("scan").value.trim();
    if (text) scan(text);
  });
  // A scanner types fast wherever the focus is: outside of fields its digits go to the scan field.
  document.addEventListener("keydown", (event) => {
    const isTyped = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isTyped && event.key !== " " && !event.target.closest("input, textarea, select") && at("scan").value.length < LONGEST_CODE) at("scan").focus();
  });
  let whoTimer = 0;
  at("who").addEventListener("input", () => { clearTimeout(whoTimer); whoTimer = setTimeout(findMember, FAST_MS); });
  at("who").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); findMember(); } });
  at("buyer-off").addEventListener("click", () => { ticket.buyer = null; ticket.isOfferUsed = false; draw(); });
  at("offer-use").addEventListener("click", () => { ticket.isOfferUsed = !ticket.isOfferUsed; draw(); });
  at("clear").addEventListener("click", () => { ticket = fresh(); at("done").hidden = true; draw(); });
  at("off").addEventListener("change", () => { ticket.off = cents(at("off").value) || 0; draw(); });
  at("given").addEventListener("input", () => { ticket.given = at("given").value; drawPay(); });
  for (const chip of document.querySelectorAll("[data-method]")) chip.addEventListener("click", () => { ticket.method = chip.dataset.method; draw(); });
  at("take").addEventListener("click", take);
  at("sign-up-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = new FormData(event.target);
    at("sign-up-error").textContent = "";
    if (!told.get("name").trim() || !told.get("phone").trim()) { at("sign-up-error").textContent = texts.name_phone; return; }
    try {
      const card = await post(facts.sign_up, told);
      event.target.reset();
      at("sign-up").open = false;
      choose(card.code, card);
    } catch (error) { at("sign-up-error").textContent = whyOf(error); }
  });
  at("guest").addEventListener("click", async () => {
    at("guest-error").textContent = "";
    try {
      const card = await post(facts.guest, new URLSearchParams({ who: at("who").value.trim() }));
      choose(card.code, card);
    } catch (error) { at("guest-error").textContent = whyOf(error); }
  });

  at("given").value = ticket.given;
  at("off").value = ticket.off ? plain(ticket.off, 100, 2) : "";
  draw();
  // What sells most is kept here, so that it can be sold without network.
  ask(facts.goods, {}).then((told) => {
    goods = told.goods;
    localStorage.setItem(GOODS, JSON.stringify(goods));
  }).catch(() => {});
})();
