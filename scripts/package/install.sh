#!/bin/sh
# Installs pmx @VERSION@ with its own Node:
#
#   curl -fsSL FOLDER/install.sh | sh
#
# For root into /opt/pmx and /usr/local/bin, for others into ~/.local/opt/pmx and ~/.local/bin.
# PMX_DIR and PMX_BIN_DIR say another place, PMX_UPDATE_ARCHIVES another folder to download from.
# It is all there at the end, or nothing is.
set -eu

version='@VERSION@'
archives=${PMX_UPDATE_ARCHIVES:-'@ARCHIVES@'}

say() { printf '%s\n' "$*" >&2; }

# WHAT IS WRONG, WHAT TO DO
fail() {
  say "Error: $1"
  shift
  for hint in "$@"; do say "  → $hint"; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

platform() {
  system=$(uname -s) machine=$(uname -m)
  case $system in
  Linux) ;;
  *) fail "There is no archive for $system." 'With Node 22.20 or newer: npm install --global --ignore-scripts pmx-cli' ;;
  esac
  case $machine in
  x86_64 | amd64) machine=x64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) fail "There is no archive for $machine." 'With Node 22.20 or newer: npm install --global --ignore-scripts pmx-cli' ;;
  esac
  echo "linux-$machine"
}

# URL FILE
download() {
  if has curl; then
    curl --fail --silent --show-error --location --retry 2 --connect-timeout 30 --output "$2" "$1"
  elif has wget; then
    wget --quiet --tries 3 --timeout 60 --output-document "$2" "$1"
  else
    fail 'Neither curl nor wget is here.' 'For example: apt install curl'
  fi
}

# FILE
digest() {
  if has sha256sum; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif has shasum; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  else
    fail 'Nothing here makes a SHA-256.' 'For example: apt install coreutils'
  fi
}

# Of a pmx in DIR.
installed() { readlink "$1/lib" 2>/dev/null | sed -n 's|^versions/||p'; }

link() { ln -s "$dir/bin/pmx" "$links/pmx"; }

main() {
  if [ "$(id -u)" = 0 ]; then
    dir=${PMX_DIR:-/opt/pmx} links=${PMX_BIN_DIR:-/usr/local/bin}
  else
    : "${HOME:?is not set: say PMX_DIR and PMX_BIN_DIR}"
    dir=${PMX_DIR:-$HOME/.local/opt/pmx} links=${PMX_BIN_DIR:-$HOME/.local/bin}
  fi
  for folder in "$dir" "$links"; do
    case $folder in
    /*) ;;
    *) fail "PMX_DIR and PMX_BIN_DIR must begin with a slash: '$folder'." ;;
    esac
  done
  [ -n "$archives" ] ||
    fail 'Nothing says where the archives are: this script was made without a public place.' \
      'Say it: PMX_UPDATE_ARCHIVES=https://HOST/FOLDER/VERSION/ sh install.sh'
  archives=$(printf '%s' "$archives" | sed "s|VERSION|$version|g; s|/*\$||")

  found=$(installed "$dir")
  if [ "$found" = "$version" ]; then
    say "pmx $version is in $dir already."
    # This script may have been killed just before.
    [ -e "$links/pmx" ] || { mkdir -p "$links" && link; } || fail "$links/pmx cannot be made."
    return
  fi
  [ -z "$found" ] || fail "pmx $found is in $dir." "Another version: $dir/bin/pmx update --to $version"
  [ ! -e "$dir" ] || fail "$dir is there already, and is no pmx." 'Another place: PMX_DIR=/FOLDER'
  if [ -e "$links/pmx" ] || [ -L "$links/pmx" ]; then
    fail "$links/pmx is there already: $(ls -ld "$links/pmx")" 'Remove it, or say another place: PMX_BIN_DIR=/FOLDER'
  fi

  file=pmx-$version-$(platform).tar.gz
  parent=$(dirname "$dir")
  mkdir -p "$parent" "$links" || fail "$parent or $links cannot be made." 'As root, or elsewhere: PMX_DIR, PMX_BIN_DIR'
  for folder in "$parent" "$links"; do
    [ -w "$folder" ] || fail "$folder may not be written by you." 'As root, or elsewhere: PMX_DIR, PMX_BIN_DIR'
  done
  # Of one that was killed; a day is longer than any download.
  find "$parent" -maxdepth 1 -name '.pmx-install-*' -mtime +0 -exec rm -rf {} +
  # Beside its place, so that it gets there by one rename.
  work=$(mktemp -d "$parent/.pmx-install-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  say "Downloading $archives/$file"
  download "$archives/SHA256SUMS" "$work/SHA256SUMS" || fail "$archives/SHA256SUMS cannot be had. Nothing was installed."
  wanted=$(sed -n "s|^\([0-9a-f]\{64\}\) [ *]$file\$|\1|p" "$work/SHA256SUMS" | head -n 1)
  [ -n "$wanted" ] || fail "$archives/SHA256SUMS knows no $file. Nothing was installed."
  download "$archives/$file" "$work/$file" || fail "$archives/$file cannot be had. Nothing was installed."
  real=$(digest "$work/$file")
  [ "$real" = "$wanted" ] ||
    fail "$file has SHA-256 $real, but $wanted is published. Nothing was installed." 'Try again; if it stays so, tell who publishes it.'
  tar -xzf "$work/$file" -C "$work" || fail "$file cannot be unpacked. Nothing was installed."
  tree=$work/${file%.tar.gz}
  said=$("$tree/bin/pmx" --version 2>&1) || true
  [ "$said" = "pmx $version" ] ||
    fail "pmx $version does not start on this machine: $said. Nothing was installed." 'With Node 22.20 or newer: npm install --global --ignore-scripts pmx-cli'
  # It may be root who unpacked it for all.
  chmod 755 "$tree"
  mv "$tree" "$dir"
  link || {
    rm -rf "$dir"
    fail "$links/pmx cannot be made. Nothing was installed."
  }

  say "pmx $version is in $dir."
  case :$PATH: in
  *":$links:"*) ;;
  *) say "  Once: export PATH=\"\$PATH:$links\"" ;;
  esac
  say '  Begin: pmx init, or without a server: pmx sandbox start --detach'
  say "  Newer versions: pmx update. Away with it: rm -r $dir $links/pmx"
}

# Called here and not before, so that half a script does nothing.
main
