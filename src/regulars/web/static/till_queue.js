// Tickets of the till on their way: each stays in this browser until the house says it has it, and
// is sent again after a gap, a restart or a new sign-in. Twice sent is once taken: the id is ours.
(() => {
  const facts = JSON.parse(document.getElementById("till-facts").textContent);
  const { texts } = facts;
  const KEY = "regulars till tickets";
  const RETRY_MS = 4000;
  const mark = document.getElementById("till-mark");
  const refused = document.getElementById("till-refused");
  let isSending = false;

  const kept = () => { try { return JSON.parse(localStorage.getItem(KEY) || "[]"); } catch { return []; } };
  const keep = (tickets) => localStorage.setItem(KEY, JSON.stringify(tickets));
  const change = (id, how) => keep(kept().flatMap((each) => (each.wish.sale_id === id ? how(each) : [each])));
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const amount = (cents) => `${facts.symbol}${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;

  const show = (state, text) => {
    mark.dataset.state = state;
    document.getElementById("till-mark-text").textContent = text;
  };
  const tell = (trouble) => {
    const tickets = kept();
    const open = tickets.filter((each) => !each.error).length;
    const row = document.getElementById("refused-row");
    refused.replaceChildren(...tickets.filter((each) => each.error).map((each) => {
      const item = row.content.cloneNode(true).firstElementChild;
      const [error, what] = item.querySelectorAll("p");
      error.textContent = each.error;
      what.textContent = `${each.wish.sold_at.slice(0, 16).replace("T", " ")} · ${amount(each.net)}`;
      item.querySelector("[data-do=edit]").addEventListener("click", () => {
        change(each.wish.sale_id, () => []);
        document.dispatchEvent(new CustomEvent("till:edit", { detail: each.ticket }));
        tell();
      });
      return item;
    }));
    if (refused.children.length) show("refused", texts.refused);
    else if (!open) show("sent", texts.all_sent);
    else show("waiting", `${trouble || texts.waiting.replace("%(count)s", open)}`);
  };

  const send = async ({ wish }) => {
    const answer = await fetch(facts.sales, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(wish),
    });
    // A sign-in page, or a house that is being started, says nothing of the ticket: it stays.
    const isTold = !answer.redirected && (answer.headers.get("Content-Type") || "").includes("json");
    if (!isTold) throw new Error(answer.status >= 500 ? texts.offline : texts.signed_out);
    const told = await answer.json();
    if (answer.ok) {
      change(wish.sale_id, () => []);
      document.dispatchEvent(new CustomEvent("till:taken", { detail: told }));
    } else if (answer.status < 500) {
      change(wish.sale_id, (each) => [{ ...each, error: told.error }]);
    } else throw new Error(texts.offline);
  };

  const sendAll = async () => {
    if (isSending) return;
    isSending = true;
    let trouble = "";
    try {
      for (const each of kept().filter((ticket) => !ticket.error)) await send(each);
    } catch (error) {
      trouble = error instanceof TypeError ? texts.offline : error.message;
    }
    isSending = false;
    tell(trouble);
  };

  document.addEventListener("till:sold", ({ detail }) => { keep([...kept(), detail]); tell(); sendAll(); });
  window.addEventListener("online", sendAll);
  setInterval(() => { if (kept().some((each) => !each.error)) sendAll(); }, RETRY_MS);
  tell();
  sendAll();
})();
