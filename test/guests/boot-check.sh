#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots the image debian-image.sh makes, the way Proxmox VE would attach it (virtio-scsi disk,
# NoCloud seed, guest agent), and sees whether it comes up, obeys cloud-init and powers off.
#
#   boot-check.sh [IMAGE]
#
# The image stays as it is: the guest writes to an overlay. The guest reaches nothing: its network
# is QEMU's user mode with restrict=on. PMX_GUEST_BOOT_TIMEOUT (default 180) is in seconds, for
# launch to first agent answer. PMX_GUEST_ACCEL defaults to tcg: a /dev/kvm that opens is no proof
# that a guest runs on it.
#
# Exit status: 0 the guest passed, 1 it did not, 2 wrong use, 3 something this host lacks.
set -euo pipefail

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

[[ $(uname -s) == Linux ]] || {
  say 'needs a Linux host'
  exit 3
}
if (($# > 1)) || [[ ${1-} == -* ]]; then
  say "usage: ${0##*/} [IMAGE]"
  exit 2
fi
image=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/pmx-guests/debian-12-cloud.qcow2}
image=$(realpath -m -- "$image")
boot_timeout=${PMX_GUEST_BOOT_TIMEOUT:-180}

missing=()
while read -r tool package; do
  command -v "$tool" >/dev/null || missing+=("$tool (package $package)")
done <<'TOOLS'
qemu-system-x86_64 qemu-system-x86
qemu-img qemu-utils
genisoimage genisoimage
node nodejs
TOOLS
[[ -r $image ]] || missing+=("$image (make it with debian-image.sh)")
if ((${#missing[@]})); then
  say 'cannot check a boot here, missing:'
  printf '  - %s\n' "${missing[@]}" >&2
  exit 3
fi

work=
qemu=
cleanup() {
  local status=$?
  trap - EXIT
  set +e
  if [[ -n $qemu ]] && kill -0 "$qemu" 2>/dev/null; then
    kill -KILL "$qemu"
    wait "$qemu" 2>/dev/null
  fi
  if [[ -n $work ]]; then
    if ((status != 0)) && [[ -s $work/serial.log ]]; then
      say 'last lines of the serial console:'
      tail -n 30 -- "$work/serial.log" >&2
    fi
    rm -rf -- "$work"
  fi
  exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Short, because a socket's path may not pass 108 bytes.
work=$(mktemp -d -- "${TMPDIR:-/tmp}/pmx-boot.XXXXXX")

# A name nobody could have put into the image.
hostname=pmx-boot-$((SRANDOM % 1000000))
mkdir "$work/seed"
cat >"$work/seed/meta-data" <<SEED
instance-id: $hostname
SEED
cat >"$work/seed/user-data" <<SEED
#cloud-config
hostname: $hostname
manage_etc_hosts: true
SEED
cat >"$work/seed/network-config" <<'SEED'
version: 1
config:
  - type: physical
    name: eth0
    mac_address: '52:54:00:70:6d:78'
    subnets:
      - type: dhcp4
SEED
genisoimage -quiet -iso-level 3 -J -R -V cidata -o "$work/seed.iso" "$work/seed"

# Larger than the image, so that the guest has something to grow into.
size=$(qemu-img info --output=json -- "$image" |
  node -p 'JSON.parse(fs.readFileSync(0))["virtual-size"]')
qemu-img create -q -f qcow2 -F qcow2 -b "$image" "$work/disk.qcow2" $((size + (1 << 30)))

# shellcheck disable=SC2054 # the commas are QEMU's
args=(
  -name "$hostname" -nodefaults -no-user-config -display none
  -machine q35 -accel "${PMX_GUEST_ACCEL:-tcg}" -cpu max -m 1024
  -chardev "file,id=serial,path=$work/serial.log" -serial chardev:serial
  -chardev "socket,id=qmp,path=$work/qmp,server=on,wait=off" -mon chardev=qmp,mode=control
  -chardev "socket,id=qga,path=$work/qga,server=on,wait=off"
  -device virtio-serial -device virtserialport,chardev=qga,name=org.qemu.guest_agent.0
  -device virtio-scsi-pci,id=scsi
  -drive "if=none,id=disk,file=$work/disk.qcow2,format=qcow2,discard=unmap"
  -device scsi-hd,bus=scsi.0,drive=disk,bootindex=0
  # On scsi, as Debian's cloud kernel has no AHCI driver for q35's own CD-ROM.
  -drive "if=none,id=seed,file=$work/seed.iso,format=raw,readonly=on"
  -device scsi-cd,bus=scsi.0,drive=seed
  -netdev user,id=net,restrict=on
  -device virtio-net-pci,netdev=net,mac=52:54:00:70:6d:78,romfile=
  -device virtio-rng-pci # first boot makes SSH host keys
)
qemu-system-x86_64 "${args[@]}" &
qemu=$!

node --input-type=module - "$work" "$hostname" "$boot_timeout" <<'JS'
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [dir, hostname, bootTimeout] = process.argv.slice(2);
const launched = performance.now();
const elapsed = () => `${((performance.now() - launched) / 1000).toFixed(1)} s`;
const say = (what, value) => console.log(`${what.padEnd(12)} ${value}`);
const fail = (text) => {
  console.error(`boot-check: ${text}`);
  process.exit(1);
};

/** One connection that speaks JSON by lines; both QMP and the agent do. */
async function connect(path) {
  let socket;
  for (let left = 50; !socket; left--) {
    socket = await new Promise((resolve, reject) => {
      const attempt = net.connect(path, () => resolve(attempt));
      attempt.on('error', (error) => (left > 0 ? resolve(undefined) : reject(error)));
    });
    if (!socket) await sleep(100);
  }
  const waiting = new Set();
  let buffer = '';
  socket.on('close', () => fail(`${path} was closed by QEMU after ${elapsed()}`));
  // latin1 keeps the agent's 0xFF sentinel one character. Nothing here needs more than ASCII.
  socket.setEncoding('latin1').on('data', (chunk) => {
    buffer += chunk;
    const lines = buffer.split('\n');
    buffer = lines.pop();
    for (const line of lines.map((text) => text.replaceAll('\xff', '').trim())) {
      if (line) for (const look of waiting) look(JSON.parse(line));
    }
  });
  return {
    socket,
    /** Sends one command, gives the first message that `accept`s, or undefined after `ms`. */
    ask: (command, { prefix = '', ms = 10_000, accept = (m) => 'return' in m || 'error' in m }) =>
      new Promise((resolve) => {
        const done = (message) => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(message);
        };
        const look = (message) => accept(message) && done(message);
        const timer = setTimeout(done, ms);
        waiting.add(look);
        socket.write(Buffer.from(`${prefix}${JSON.stringify(command)}\n`, 'latin1'));
      }),
  };
}

async function must(channel, execute, args, ms) {
  const reply = await channel.ask({ execute, ...(args && { arguments: args }) }, { ms });
  if (!reply || reply.error) fail(`${execute}: ${reply?.error.desc ?? 'no answer'}`);
  return reply.return;
}

const agent = await connect(`${dir}/qga`);
const decode = (data) => Buffer.from(data ?? '', 'base64').toString().trim();

/** Runs a command in the guest and waits for its end. */
async function run(path, ...arg) {
  const { pid } = await must(agent, 'guest-exec', { path, arg, 'capture-output': true });
  for (const until = performance.now() + 120_000; performance.now() < until; await sleep(1000)) {
    const status = await must(agent, 'guest-exec-status', { pid });
    if (status.exited) {
      const { exitcode: code, 'out-data': out, 'err-data': err } = status;
      return { code, out: decode(out), err: decode(err) };
    }
  }
  return fail(`${path} ${arg.join(' ')} still runs in the guest`);
}

// The 0xFF makes the agent's parser drop whatever half a command it may hold. Commands sent before
// the agent is there queue up, so only the answer to the newest id counts.
for (let id = 1; ; id++) {
  if (performance.now() - launched > bootTimeout * 1000) fail(`no agent within ${bootTimeout} s`);
  const command = { execute: 'guest-sync-delimited', arguments: { id } };
  if (await agent.ask(command, { prefix: '\xff', ms: 1000, accept: (m) => m.return === id })) break;
}
await must(agent, 'guest-ping');
say('agent ping', `after ${elapsed()}`);

// The agent may answer before cloud-init got to the host name.
const cloudInit = await run('/usr/bin/cloud-init', 'status', '--wait', '--long');
say('cloud-init', `${cloudInit.out.replaceAll(/^\.+|\s*\n/g, ' ').trim()} (${elapsed()})`);
if (cloudInit.code !== 0) fail(`cloud-init exit status ${cloudInit.code}: ${cloudInit.err}`);

const told = (await must(agent, 'guest-get-host-name'))['host-name'];
say('host name', `${told} (asked for ${hostname})`);
if (told !== hostname) fail('cloud-init did not set the host name');

say('agent', (await must(agent, 'guest-info')).version);
const os = await must(agent, 'guest-get-osinfo');
say('system', `${os['pretty-name']}, kernel ${os['kernel-release']}`);

const system = await run('/usr/bin/systemctl', 'is-system-running', '--wait');
say('systemd', system.out);
if (system.out !== 'running') fail((await run('/usr/bin/systemctl', '--failed')).out);

const ssh = await run('/usr/bin/systemctl', 'is-active', 'ssh');
say('ssh', ssh.out);
if (ssh.out !== 'active') fail('the SSH server does not run');

const interfaces = await must(agent, 'guest-network-get-interfaces');
const addresses = interfaces
  .filter(({ name }) => name !== 'lo')
  .flatMap((nic) => (nic['ip-addresses'] ?? []).map((ip) => `${nic.name} ${ip['ip-address']}`));
say('addresses', addresses.join(', '));
if (!addresses.some((text) => text.includes(' 10.0.2.'))) fail('no address from DHCP');

const [{ 'total-bytes': bytes }] = (await must(agent, 'guest-get-fsinfo')).filter(
  ({ mountpoint }) => mountpoint === '/',
);
say('root', `${(bytes / 2 ** 30).toFixed(2)} GiB`);

// The power button, not the agent's own shutdown: it shows that a guest without agent obeys too.
const qmp = await connect(`${dir}/qmp`);
await must(qmp, 'qmp_capabilities');
qmp.socket.removeAllListeners('close');
agent.socket.removeAllListeners('close');
const pressed = performance.now();
const shutdown = await qmp.ask(
  { execute: 'system_powerdown' },
  { ms: 60_000, accept: ({ event }) => event === 'SHUTDOWN' },
);
if (!shutdown?.data.guest) fail('the guest did not power off within 60 s');
say('power off', `after ${((performance.now() - pressed) / 1000).toFixed(1)} s`);
process.exit(0);
JS

# QEMU ends by itself once the guest is off.
for ((i = 0; i < 100; i++)); do
  kill -0 "$qemu" 2>/dev/null || break
  sleep 0.1
done
kill -0 "$qemu" 2>/dev/null && {
  say 'QEMU still runs after the guest powered off'
  exit 1
}
wait "$qemu" || {
  say "QEMU ended with status $?"
  exit 1
}
qemu=
