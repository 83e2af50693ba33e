#!/bin/sh
# The README's snippets in other languages run on Debian's curl, Python and Go.
set -eu
command -v curl && command -v python3 && command -v go &&
  [ -d /usr/share/gocode/src/cloud.google.com/go/compute/metadata ] && exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update
$sudo apt-get install -y --no-install-recommends curl python3 golang-go golang-google-cloud-compute-metadata-dev
