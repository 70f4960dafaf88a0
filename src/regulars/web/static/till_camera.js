// Where the browser reads barcodes by itself, the camera scans.
(() => {
  const button = document.getElementById("camera"), picture = document.getElementById("camera-picture");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const LOOK_MS = 200, AGAIN_MS = 2000;
  const facts = JSON.parse(document.getElementById("till-facts").textContent);
  let stream = null, seen = "", seenAt = 0;
  button.hidden = false;
  const stop = () => {
    for (const track of stream ? stream.getTracks() : []) track.stop();
    stream = null;
    picture.hidden = true;
  };
  const look = async (detector) => {
    if (!stream) return;
    for (const { rawValue } of await detector.detect(picture).catch(() => [])) {
      if (rawValue === seen && Date.now() - seenAt < AGAIN_MS) continue;
      [seen, seenAt] = [rawValue, Date.now()];
      document.dispatchEvent(new CustomEvent("till:scanned", { detail: rawValue }));
    }
    setTimeout(() => look(detector), LOOK_MS);
  };
  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      picture.srcObject = stream;
      picture.hidden = false;
      await picture.play();
      look(new BarcodeDetector());
    } catch { stop(); button.textContent = facts.texts.no_camera; button.disabled = true; }
  });
})();
