#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds a bootable Debian 12 cloud image (qcow2, BIOS boot) out of Debian packages, for the tests
# that boot a real guest: cloud-init, QEMU guest agent, OpenSSH, netplan, resolved, timesyncd.
#
#   debian-image.sh [OUTPUT]
#
# OUTPUT defaults to ${XDG_CACHE_HOME:-$HOME/.cache}/pmx-guests/debian-12-cloud.qcow2.
# Packages come from the Debian sources in this host's apt configuration and from nowhere else.
#
# An image is fresh while it was built by this very text and is younger than
# PMX_GUEST_MAX_AGE_DAYS (default 30) days. PMX_GUEST_DISK_SIZE (default 2G) sets the virtual size.
#
# Exit status: 0 image is there, 1 build failed, 2 wrong use, 3 something this host lacks.
set -euo pipefail

readonly SUITE=bookworm
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
readonly SECTOR=512
readonly PART_START=2048 # sectors: 1 MiB leaves room for GRUB's core image behind the MBR

PACKAGES=(
  linux-image-cloud-amd64
  systemd-sysv udev dbus libpam-systemd kmod # dbus + logind: ACPI power button, hostname changes
  cloud-init
  cloud-guest-utils fdisk e2fsprogs # growpart needs sfdisk; resizefs needs resize2fs
  qemu-guest-agent openssh-server sudo
  netplan.io systemd-resolved systemd-timesyncd iproute2 iputils-ping
  ca-certificates curl openssl # what a guest needs to meet an expired certificate
  grub-pc-bin grub2-common     # not grub-pc: its postinst wants to ask for a disk
)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

[[ $(uname -s) == Linux ]] || {
  say 'needs a Linux host'
  exit 3
}
if (($# > 1)) || [[ ${1-} == -* ]]; then
  say "usage: ${0##*/} [OUTPUT]"
  exit 2
fi
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/pmx-guests/debian-12-cloud.qcow2}
out=$(realpath -m -- "$out")
max_age_days=${PMX_GUEST_MAX_AGE_DAYS:-30}
# One hash for everything the image is made from, so that a git checkout (new mtime, same text)
# does not cost a rebuild and a changed recipe always does.
disk_size=$(numfmt --from=iec -- "${PMX_GUEST_DISK_SIZE:-2G}")
recipe=$({ cat -- "${BASH_SOURCE[0]}" && echo "$disk_size"; } | sha256sum | cut -d' ' -f1)

fresh() {
  [[ -s $out && -r $out.recipe && $(<"$out.recipe") == "$recipe" ]] || return 1
  (($(date +%s) - $(stat -c %Y -- "$out") < max_age_days * 86400))
}

# Before any check of the host: a machine that only uses the cached image needs none of the tools.
if fresh; then
  echo "$out"
  exit 0
fi

# --- what this host must have -------------------------------------------------------------------

PATH=$PATH:/usr/sbin:/sbin # mke2fs and losetup live there, and not every root shell looks there

# The host's own Debian sources, as apt itself understands them: one-line and deb822 files alike,
# and a third party's repository never gets into the image. apt knows Origin and Codename only
# from the downloaded Release files, hence "apt-get update" below.
debian_sources() {
  # shellcheck disable=SC2016 # apt's own placeholders
  apt-get indextargets --format '$(ORIGIN)|$(CODENAME)|$(SITE)|$(RELEASE)|$(COMPONENT)' \
    'Identifier: Packages' |
    awk -F'|' -v suite="$SUITE" -v key="$KEYRING" '
      $1 == "Debian" && ($2 == suite || $2 == suite "-updates" || $2 == suite "-security") {
        print "deb [signed-by=" key "] " $3, $4, $5
      }' | sort -u
}

missing=()
while read -r tool package; do
  command -v "$tool" >/dev/null || missing+=("$tool (package $package)")
done <<'TOOLS'
apt-get apt
mmdebstrap mmdebstrap
mke2fs e2fsprogs
losetup mount
mount mount
addpart util-linux
chroot coreutils
flock util-linux
qemu-img qemu-utils
TOOLS
[[ -r $KEYRING ]] || missing+=("$KEYRING (package debian-archive-keyring)")
((EUID == 0)) || missing+=("root: the boot loader is installed through a loop device")
[[ -e /dev/loop-control ]] || missing+=("loop devices (/dev/loop-control)")
[[ $(uname -m) == x86_64 ]] || missing+=("an x86-64 host: the packages' own scripts are run")
sources=
if command -v apt-get >/dev/null; then
  sources=$(debian_sources)
  grep -q " $SUITE \| stable \| oldstable " <<<"$sources" ||
    missing+=("an apt source for Debian 12 ($SUITE), or its lists: run apt-get update")
fi
if ((${#missing[@]})); then
  say 'cannot build the image here, missing:'
  printf '  - %s\n' "${missing[@]}" >&2
  exit 3
fi

# --- one build at a time, and nothing left behind -----------------------------------------------

mkdir -p -- "${out%/*}"
exec {lock}>"$out.lock"
flock "$lock"
if fresh; then # somebody else built it while we waited
  echo "$out"
  exit 0
fi

started=$SECONDS
work=
loop=
cleanup() {
  local status=$?
  trap - EXIT
  set +e
  if [[ -n $work ]]; then
    local target
    # Deepest first. Includes what mmdebstrap may leave mounted when it is killed.
    while read -r target; do
      umount -- "$target" || umount --lazy -- "$target"
    done < <(awk -v w="$work/" 'index($5, w) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
    [[ -n $loop ]] && losetup --detach "$loop"
    # Never follow a mount that would not go away: it may be the host's /dev.
    rm -rf --one-file-system -- "$work"
  fi
  rm -f -- "$out.part"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# /var/tmp, since /tmp may be a small tmpfs: the tree and the raw disk take about 2 GiB.
work=$(mktemp -d -- "${TMPDIR:-/var/tmp}/pmx-guest.XXXXXXXXXX")
work=$(realpath -- "$work") # mountinfo shows resolved paths
root=$work/root
raw=$work/disk.raw
chmod 755 "$work" # apt's own user reads in here

# --- the file tree ------------------------------------------------------------------------------

# mmdebstrap does not read the host's apt.conf, so hand over what decides whether the host's
# sources can be reached and trusted at all.
apt_options=()
for key in Acquire::http::Proxy Acquire::https::Proxy \
  Acquire::Check-Valid-Until Acquire::Check-Date; do
  eval "$(apt-config shell value "$key")"
  [[ -z ${value-} ]] || apt_options+=(--aptopt="$key \"$value\"")
  unset value
done

say "building $out"
# Manuals and translations are a third of the tree and no test reads them.
mmdebstrap --quiet --mode=root --variant=minbase --architectures=amd64 --format=directory \
  --include="$(IFS=,; echo "${PACKAGES[*]}")" \
  --aptopt='Acquire::Languages "none"' "${apt_options[@]}" \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  "$SUITE" "$root" - <<<"$sources" || {
  say 'mmdebstrap failed; an older image, if there is one, is left as it was'
  exit 1
}

say "packages installed after $((SECONDS - started)) s"

fs_uuid=$(</proc/sys/kernel/random/uuid)
echo "UUID=$fs_uuid / ext4 defaults,errors=remount-ro 0 1" >"$root/etc/fstab"

# Nothing of the build host, and nothing that two guests must not share.
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap"
rm -f "$root"/etc/ssh/ssh_host_*_key "$root"/etc/ssh/ssh_host_*_key.pub
rm -f "$root/var/lib/dbus/machine-id" "$root/var/lib/systemd/random-seed"
: >"$root/etc/machine-id" # empty: systemd draws one on every clone's first boot
echo localhost >"$root/etc/hostname"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
ln -sfn ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"

# There is no locales package in here. cloud-init's locale module wants to run update-locale for
# its default en_US.UTF-8 and ends in error; with C.UTF-8 asked for and already in place it has
# nothing to do.
echo 'LANG=C.UTF-8' >"$root/etc/default/locale"
# The datasource list keeps cloud-init from probing for clouds over the network; these two are
# what Proxmox VE writes.
cat >"$root/etc/cloud/cloud.cfg.d/95_pmx_guest.cfg" <<'CFG'
locale: C.UTF-8
datasource_list: [NoCloud, ConfigDrive, None]
CFG

# Kernel messages go to the serial port too, so that a test can say where a boot got stuck.
mkdir -p "$root/etc/default/grub.d"
cat >"$root/etc/default/grub.d/50-pmx-guest.cfg" <<'CFG'
GRUB_DISTRIBUTOR=Debian
GRUB_TIMEOUT=0
GRUB_CMDLINE_LINUX_DEFAULT=
GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200"
GRUB_TERMINAL="console serial"
GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"
GRUB_DISABLE_OS_PROBER=true
CFG

# Under emulation a package index update in the background costs minutes of a test's time.
chroot "$root" systemctl --quiet disable apt-daily.timer apt-daily-upgrade.timer

# --- the disk -----------------------------------------------------------------------------------

le32() { # a number as four little-endian bytes
  local n=$1 i
  for i in 0 8 16 24; do printf '%b' "\\x$(printf %02x $((n >> i & 255)))"; done
}

sectors=$((disk_size / SECTOR - PART_START))
truncate -s "$disk_size" "$raw"
# A partition table by hand: one active Linux partition (type 83) is 70 bytes, and spares the host
# a partitioning tool. The CHS fields carry the "see LBA" filler.
{
  le32 $((SRANDOM | 1)) # disk signature, what PARTUUIDs are made of
  printf '\0\0'
  printf '\x80\xfe\xff\xff\x83\xfe\xff\xff'
  le32 "$PART_START"
  le32 "$sectors"
  head -c 48 /dev/zero
  printf '\x55\xaa'
} | dd of="$raw" bs=1 seek=440 conv=notrunc status=none

# Features spelled out: a newer host's defaults may be more than Debian 12's GRUB can read.
features=none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg
features+=,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum
mke2fs -q -t ext4 -O "$features" -U "$fs_uuid" -L root -d "$root" \
  -E "offset=$((PART_START * SECTOR)),root_owner=0:0" "$raw" "$((sectors / 2))k"
rm -rf --one-file-system -- "$root"

# A /dev of our own for the chroot: grub names the root file system by UUID only if
# /dev/disk/by-uuid has it, which takes udev on the host, and nothing in there can touch the host's
# devices.
loop=$(losetup --find --show --partscan -- "$raw")
name=${loop##*/}
# A small kernel may be built without MBR support; it still takes a partition it is told of.
[[ -e /sys/block/$name/${name}p1 ]] || addpart "$loop" 1 "$PART_START" "$sectors"
mkdir "$work/dev" "$work/mnt"
mount -t tmpfs -o mode=755 pmx-guest-dev "$work/dev"
node() { mknod "$work/dev/$1" "$2" "${3%:*}" "${3#*:}"; }
node null c 1:3
node zero c 1:5
node random c 1:8
node urandom c 1:9
node "$name" b "$(<"/sys/block/$name/dev")"
node "${name}p1" b "$(<"/sys/block/$name/${name}p1/dev")"
ln -s /proc/self/fd "$work/dev/fd"
mkdir -p "$work/dev/disk/by-uuid"
ln -s "../../${name}p1" "$work/dev/disk/by-uuid/$fs_uuid"

# By the host's node, because grub looks the mount's source up by name inside the chroot.
mount -t ext4 "/dev/${name}p1" "$work/mnt"
mount --bind "$work/dev" "$work/mnt/dev"
mount -t proc proc "$work/mnt/proc"
mount -t sysfs -o ro sysfs "$work/mnt/sys"
in_guest() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 chroot "$work/mnt" "$@"; }
# GRUB tells its progress on stderr: of interest only when it fails.
{
  in_guest grub-install --target=i386-pc --no-floppy "$loop" && in_guest update-grub
} >"$work/grub.log" 2>&1 || {
  cat "$work/grub.log" >&2
  exit 1
}
grep -q "root=UUID=$fs_uuid" "$work/mnt/boot/grub/grub.cfg" || {
  say 'grub.cfg does not name the root file system by its UUID'
  exit 1
}
umount "$work/mnt/sys" "$work/mnt/proc" "$work/mnt/dev" "$work/mnt"
losetup --detach "$loop"
loop=

# --- the image ----------------------------------------------------------------------------------

# Compressed, since it is only ever the read-only base of overlays. Renamed into place, so that a
# reader never sees half an image; the recipe goes away first and comes back last for the same
# reason.
qemu-img convert -q -c -f raw -O qcow2 "$raw" "$out.part"
rm -f -- "$out.recipe"
mv -f -- "$out.part" "$out"
echo "$recipe" >"$out.recipe"
say "done in $((SECONDS - started)) s, $(stat -c %s -- "$out" | numfmt --to=iec-i --suffix=B)"
echo "$out"
