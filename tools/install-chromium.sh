#!/bin/sh
# The page's tests drive Debian's Chromium, or the browser that CHROMIUM_PATH names; the fonts are for what it shows in Japanese.
set -eu
[ -x "${CHROMIUM_PATH:-/usr/bin/chromium}" ] && exit 0
apt-get update
apt-get install -y --no-install-recommends chromium fonts-noto-cjk
