# A Chromium and Chinese letters for the browser tests, from the system's packages when they may be
# installed here. Without one the browser tests are skipped, and say so; nothing fails.

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_letters() { [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }

has_browser >/dev/null && has_letters && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium and Chinese letters for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk >/dev/null
fi
has_browser >/dev/null || echo "No Chromium: the browser tests will be skipped. To run them:
  sudo apt-get install chromium fonts-noto-cjk"
exit 0
