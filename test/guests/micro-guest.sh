#!/usr/bin/env bash
# Builds a very small guest with a guest agent for tests, in seconds and without being root: Debian's cloud
# kernel, busybox and qemu-ga in an initramfs, on a disk that a BIOS boots from any bus.
#
# usage: micro-guest.sh [OUTPUT]   prints the path of the image
#
# The image is kept in ~/.cache/pmx-guests for PMX_GUEST_MAX_AGE_DAYS (30) days. Exit status: 0 there is an
# image, 1 building failed, 2 wrong usage, 3 something is missing on this host (said on stderr).
set -euo pipefail
umask 022

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

if (($# > 1)) || [[ ${1-} == -* ]]; then
  say "usage: ${0##*/} [OUTPUT]"
  exit 2
fi
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/pmx-guests/micro.qcow2}
out=$(realpath -m -- "$out")
max_age_days=${PMX_GUEST_MAX_AGE_DAYS:-30}
recipe=$(sha256sum <"${BASH_SOURCE[0]}" | cut -d' ' -f1)

fresh() {
  [[ -s $out && -r $out.recipe && $(<"$out.recipe") == "$recipe" ]] || return 1
  (($(date +%s) - $(stat -c %Y -- "$out") < max_age_days * 86400))
}

if fresh; then
  echo "$out"
  exit 0
fi

missing=()
while read -r tool package; do
  command -v "$tool" >/dev/null || missing+=("$tool (package $package)")
done <<'TOOLS'
apt-get apt
dpkg-deb dpkg
xorriso xorriso
qemu-img qemu-utils
flock util-linux
TOOLS
[[ $(uname -m) == x86_64 ]] || missing+=("an x86-64 host")
if ((${#missing[@]})); then
  say 'cannot build the image here, missing:'
  printf '  - %s\n' "${missing[@]}" >&2
  exit 3
fi

mkdir -p -- "${out%/*}"
exec {lock}>"$out.lock"
flock "$lock"
if fresh; then # somebody else built it while we waited
  echo "$out"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf -- "$work" "$out.part"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$work/debs" "$work/x" "$work/root" "$work/iso"

# --- Debian packages, unpacked and not installed ------------------------------------------------

kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n1)
[[ $kernel ]] || {
  say 'apt knows no linux-image-cloud-amd64: run apt-get update, with an apt source for Debian'
  exit 3
}
libraries=(libudev1 libnuma1 liburing2 libglib2.0-0 libpcre2-8-0 libc6 libssl3)
(
  cd "$work/debs"
  apt-get download -qq -o APT::Sandbox::User=root \
    "$kernel" busybox-static openssl qemu-guest-agent isolinux syslinux-common "${libraries[@]}" >&2
) || {
  say 'the Debian packages could not be downloaded'
  exit 1
}
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/x"; done
version=${kernel#linux-image-}
modules=$work/x/lib/modules/$version/kernel

# --- the initramfs ------------------------------------------------------------------------------

root=$work/root
mkdir -p "$root"/{bin,sbin,etc,dev,proc,sys,run,tmp,var/log,var/run,root,usr/bin,usr/sbin,lib/modules,lib64,lib/x86_64-linux-gnu}
cp "$work/x/bin/busybox" "$root/bin/busybox"
cp "$work/x/usr/sbin/qemu-ga" "$root/usr/sbin/qemu-ga"
cp "$work/x/usr/bin/openssl" "$root/usr/bin/openssl"
for name in libudev.so.1 libnuma.so.1 liburing.so.2 libglib-2.0.so.0 libgmodule-2.0.so.0 libpcre2-8.so.0 \
  libc.so.6 libm.so.6 libssl.so.3 libcrypto.so.3; do
  source=$(find "$work/x" -name "$name" | head -n1)
  [[ $source ]] || {
    say "no $name in the packages"
    exit 1
  }
  cp -L "$source" "$root/lib/x86_64-linux-gnu/$name"
done
cp -L "$(find "$work/x" -name ld-linux-x86-64.so.2 | head -n1)" "$root/lib64/ld-linux-x86-64.so.2"

# In the order of loading; some are built into some kernels.
order=(virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover
  virtio_net virtio_console crc-t10dif crct10dif_common t10-pi crc64 crc64-rocksoft crc64-rocksoft_generic
  scsi_common scsi_mod virtio_scsi virtio_blk sd_mod libata ata_piix cdrom sr_mod isofs rng-core virtio-rng
  evdev button rtc-cmos)
for name in "${order[@]}"; do
  file=$(find "$work/x/lib/modules/$version" -name "$name.ko" | head -n1)
  if [[ $file ]]; then
    cp "$file" "$root/lib/modules/"
    echo "$name" >>"$root/etc/modules"
  fi
done
[[ -s $root/etc/modules ]] || {
  say "no modules in $modules"
  exit 1
}

echo 'root::0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo 'root:*:19000:0:99999:7:::' >"$root/etc/shadow"
echo micro >"$root/etc/hostname"
cat >"$root/etc/os-release" <<'TEXT'
ID=micro
NAME="pmx micro guest"
PRETTY_NAME="pmx micro guest"
VERSION="1"
VERSION_ID="1"
TEXT
cat >"$root/init" <<'TEXT'
#!/bin/busybox sh
# With /proc, so that the links name busybox and not "whatever runs".
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t devtmpfs dev /dev
mount -t sysfs sys /sys
while read -r name; do insmod "/lib/modules/$name.ko" 2>/dev/null; done </etc/modules
hostname -F /etc/hostname
ip link set lo up
ip link set eth0 up 2>/dev/null
# The time of the hardware clock, as a kernel with rtc-cmos built in would have taken it.
hwclock -s -u 2>/dev/null
# The agent's port has a name that only udev would make a link of.
while :; do
  for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name" 2>/dev/null)" = org.qemu.guest_agent.0 ] && agent=/dev/${port##*/}
  done
  [ -n "$agent" ] && qemu-ga -m virtio-serial -p "$agent"
  sleep 1
done &
# The power button: one event of it is enough.
for input in /sys/class/input/event*; do
  [ "$(cat "$input/device/name")" = "Power Button" ] &&
    { dd if="/dev/input/${input##*/}" bs=24 count=1 >/dev/null 2>&1 && poweroff -f; } &
done
echo "pmx micro guest is up"
while :; do sleep 3600; done
TEXT
# What the agent calls for guest-shutdown.
cat >"$root/sbin/shutdown" <<'TEXT'
#!/bin/busybox sh
sync
case " $* " in *" -r "*) exec /bin/busybox reboot -f ;; *) exec /bin/busybox poweroff -f ;; esac
TEXT
chmod 755 "$root/init" "$root/sbin/shutdown"
(cd "$root" && find . | "$work/x/bin/busybox" cpio -o -H newc -R 0:0 | gzip -9) >"$work/iso/initrd.gz"
cp "$work/x/boot/vmlinuz-$version" "$work/iso/vmlinuz"

# --- the disk: a hybrid ISO boots from a hard disk as well -----------------------------------------

cp "$work/x/usr/lib/ISOLINUX/isolinux.bin" "$work/x/usr/lib/syslinux/modules/bios/ldlinux.c32" "$work/iso/"
cat >"$work/iso/isolinux.cfg" <<'TEXT'
default micro
prompt 0
label micro
  kernel /vmlinuz
  append initrd=/initrd.gz console=ttyS0 quiet panic=-1
TEXT
xorriso -as mkisofs -quiet -V MICRO -o "$work/disk.raw" \
  -isohybrid-mbr "$work/x/usr/lib/ISOLINUX/isohdpfx.bin" \
  -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table "$work/iso" 2>"$work/log" || {
  cat "$work/log" >&2
  exit 1
}
truncate -s 64M "$work/disk.raw"
qemu-img convert -q -f raw -O qcow2 "$work/disk.raw" "$out.part"
rm -f -- "$out.recipe"
mv -f -- "$out.part" "$out"
echo "$recipe" >"$out.recipe"
echo "$out"
