#!/bin/sh
# The snippets in other languages run on Debian's curl, Python and Go, with PyJWT, golang-jwt 5 and Google's metadata
# package. Where the release has no golang-jwt 5, the package comes from the release after it, which is safe: it holds
# source text alone and needs no other package.
set -eu
source=/usr/share/gocode/src
jwt=$source/github.com/golang-jwt/jwt/v5
package=golang-github-golang-jwt-jwt-v5-dev
if command -v curl >/dev/null && command -v go >/dev/null && [ -d "$source/cloud.google.com/go/compute/metadata" ] &&
  [ -d "$jwt" ] && /usr/bin/python3 -c 'import jwt, cryptography' 2>/dev/null; then exit 0; fi
as_root=$([ "$(id -u)" = 0 ] || echo sudo)
$as_root apt-get update
$as_root apt-get install -y --no-install-recommends curl golang-go golang-google-cloud-compute-metadata-dev \
  python3 python3-jwt python3-cryptography
[ -d "$jwt" ] && exit 0
if apt-cache show "$package" >/dev/null 2>&1; then
  $as_root apt-get install -y --no-install-recommends "$package"
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Where this machine has Debian from: the same place holds the next release.
site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
if [ -z "$site" ]; then
  echo "install-languages: this release has no $package, and this is not Debian: install golang-jwt 5 at $jwt" >&2
  exit 1
fi
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site trixie main" > "$folder/sources.list"
mkdir -p "$folder/lists/partial"
from_next() {
  apt-get -o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$folder/lists" "$@"
}
from_next update
cd "$folder"
from_next download "$package"
$as_root dpkg --install "$package"_*.deb
