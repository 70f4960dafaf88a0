// Inside WeCom a button marked data-wecom-chat opens the chat with that customer, its data-text
// ready; anywhere else the text is copied. The sidebar's page finds out whose chat it stands beside.
(() => {
  const own = document.getElementById("wecom");
  const sdk = () => (own.dataset.corp ? window.ww : undefined);
  const APIS = ["getContext", "getCurExternalContact", "openEnterpriseChat", "sendChatMessage"];
  let registered = false;

  const signatureOf = (part) => async (url) => {
    const page = (url || location.href).split("#")[0];
    const answer = await fetch(`${own.dataset.sign}?url=${encodeURIComponent(page)}`);
    if (!answer.ok) throw new Error(`signature: ${answer.status}`);
    return (await answer.json())[part];
  };
  const ready = () => {
    const ww = sdk();
    if (ww && !registered) {
      ww.register({
        corpId: own.dataset.corp,
        agentId: own.dataset.agent,
        jsApiList: APIS,
        getConfigSignature: signatureOf("config"),
        getAgentConfigSignature: signatureOf("agent"),
      });
      registered = true;
    }
    return ww;
  };

  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // plain http has no clipboard of its own
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  const say = (button, word) => {
    const said = button.dataset[word];
    if (!said) return;
    button.dataset.was ??= button.textContent;
    button.textContent = said;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => { button.textContent = button.dataset.was; }, 2000);
  };
  const isBesideChat = async (ww) => {
    try { return (await ww.getContext()).entry === "single_chat_tools"; } catch { return false; }
  };

  // The text is copied in any case: a chat that is opened from elsewhere takes none with it.
  const open = async (button) => {
    const { wecomChat: customer, text = "" } = button.dataset;
    if (text) await copy(text);
    const ww = customer ? ready() : undefined;
    if (!ww) return say(button, "copied");
    if (text && (await isBesideChat(ww))) return ww.sendChatMessage({ msgtype: "text", text: { content: text } });
    return ww.openEnterpriseChat({ externalUserIds: [customer], userIds: [], groupName: "" });
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-wecom-chat]");
    if (button) open(button).catch(() => say(button, "failed"));
  });

  const sidebar = document.querySelector("[data-wecom-sidebar]");
  if (!sidebar) return;
  const show = (name) => {
    for (const part of sidebar.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== name;
  };
  const ww = ready();
  if (!ww) { show("outside"); return; }
  ww.getCurExternalContact()
    .then(({ userId }) => location.replace(sidebar.dataset.wecomSidebar.replace("CUSTOMER", encodeURIComponent(userId))))
    .catch(() => show("failed"));
})();
