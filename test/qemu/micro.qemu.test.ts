import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { hasTerminal, Terminal } from '../e2e/terminal.ts';
import { guestImage, missingPrograms, QemuLab, skipping } from './support.ts';

/** Real guests, driven through the built pmx: the micro guest boots in seconds without KVM. */
describe('engine qemu, micro guest', function () {
  this.timeout(600_000);
  let lab: QemuLab;
  let template: number;
  let made = 0;

  before(async function () {
    const missing = missingPrograms();
    if (missing !== undefined) skipping(this, missing);
    const image = guestImage('micro-guest.sh');
    if ('missing' in image) skipping(this, image.missing);
    lab = await QemuLab.start('--memory-limit', '700M');
    const answer = await lab.lab.json<{ vmid: number }>(
      ...['template', 'create', '--image', image.path, '--name', 'micro', '--memory', '256M'],
    );
    template = answer.vmid;
  });

  after(async () => {
    await lab?.stop();
    expect(lab?.processes() ?? []).to.deep.equal([]);
  });

  async function create(...flags: string[]): Promise<number> {
    const name = `m${++made}`;
    const answer = await lab.lab.json<{ vmid: number }>(
      ...['vm', 'create', name, '--template', String(template), ...flags],
    );
    return answer.vmid;
  }

  const booted = (): Promise<number> => create('--wait', 'agent', '--wait-timeout', '120');

  afterEach(async () => {
    const guests = await lab.lab.json<{ vmid: number; template?: boolean }[]>('vm', 'list');
    const left = guests.map(({ vmid }) => String(vmid)).filter((vmid) => vmid !== String(template));
    if (left.length === 0) return;
    await lab.lab.pmx(['vm', 'stop', ...left, '-y']);
    await lab.lab.json('vm', 'delete', ...left, '-y');
    expect(lab.processes()).to.deep.equal([]);
  });

  it('boots, answers through its agent, shuts down and is deleted', async () => {
    const vmid = await booted();
    expect(lab.processes()).to.have.length(1);
    const { pid, status } = await lab.status(vmid);
    expect({ pid, status }).to.deep.equal({ pid: lab.processes()[0], status: 'running' });

    const told = await lab.lab.json<{ runningGuests: { vmid: number }[] }>('sandbox', 'status');
    expect(told).to.include({ engine: 'qemu', diskTool: 'qemu-img' });
    expect(told).to.have.property('accel').that.is.oneOf(['kvm', 'tcg']);
    expect(told.runningGuests).to.have.length(1).and.to.have.nested.property('[0].vmid', vmid);

    const uname = await lab.shell(vmid, 'uname -s; echo oops >&2; exit 3');
    expect(uname).to.deep.equal({ exitcode: 3, out: 'Linux\n', err: 'oops\n' });
    const { result: time } = await lab.get<{ result: number }>(vmid, '/agent/get-time');
    expect(Math.abs(time / 1e6 - Date.now())).to.be.below(120_000);
    const cards = await lab.get<{ result: { name: string; 'hardware-address': string }[] }>(
      vmid,
      '/agent/network-get-interfaces',
    );
    const { net0 } = await lab.get<{ net0: string }>(vmid, '/config');
    expect(net0.toLowerCase()).to.include(
      cards.result.find(({ name }) => name === 'eth0')!['hardware-address'],
    );
    expect(lab.serialLog(vmid)).to.include('pmx micro guest is up');

    await lab.lab.json('vm', 'shutdown', String(vmid), '-y');
    expect((await lab.status(vmid)).status).to.equal('stopped');
    expect(lab.processes()).to.deep.equal([]);
    await lab.lab.json('vm', 'delete', String(vmid), '-y');
  });

  it('hands files in and out, and agent errors as they are', async () => {
    const vmid = await booted();
    await lab.post(vmid, '/agent/file-write', 'file=/tmp/note', 'content=grün\n');
    expect(await lab.readFile(vmid, '/tmp/note')).to.equal('grün\n');
    const missing = await lab.lab.pmx([
      'api',
      'get',
      lab.path(vmid, '/agent/file-read'),
      'file=/no',
    ]);
    expect(missing.code).to.equal(3);
    expect(missing.stderr).to.include('Agent error: failed to open file');
  });

  it('vm exec: input, both outputs and the exit code of a real program', async () => {
    const vmid = String(await booted());
    const script = 'read line; echo "got $line"; echo oops >&2; exit 7';
    const ran = await lab.lab.pmx(['vm', 'exec', vmid, '--', 'sh', '-c', script], {
      input: 'two words\n',
    });
    expect(ran).to.deep.equal({ code: 7, stdout: 'got two words\n', stderr: 'oops\n' });
    const missing = await lab.lab.pmx(['vm', 'exec', vmid, '--', 'nosuchprogram']);
    expect(missing.code, missing.stderr).to.be.oneOf([2, 3]);
    const slow = await lab.lab.pmx(['vm', 'exec', vmid, '--timeout', '1', '--', 'sleep', '99']);
    expect(slow.code).to.equal(2);
    const [, pid] = /kill (\d+)/.exec(slow.stderr)!;
    expect((await lab.lab.pmx(['vm', 'exec', vmid, '--', 'kill', pid!])).code).to.equal(0);
  });

  it('vm cp: a file in pieces into the guest and out again, and nothing beside it', async () => {
    const vmid = String(await booted());
    const content = randomBytes(150_000);
    writeFileSync(lab.lab.file('in.bin'), content);
    const into = await lab.lab.json<{ checked: boolean; bytes: number }>(
      ...['vm', 'cp', lab.lab.file('in.bin'), `${vmid}:/tmp/`, '--mode', '0640'],
    );
    expect(into).to.include({ checked: true, bytes: 150_000 });
    const { out } = await lab.shell(Number(vmid), 'stat -c "%a %s %n" /tmp/in.bin*');
    expect(out).to.equal('640 150000 /tmp/in.bin\n');
    await lab.lab.json('vm', 'cp', `${vmid}:/tmp/in.bin`, lab.lab.file('out.bin'));
    expect(readFileSync(lab.lab.file('out.bin')).equals(content)).to.equal(true);
  });

  it('vm console: what the guest writes to its serial port, and what is typed there', async function () {
    if (!hasTerminal) this.skip();
    const vmid = await create();
    await lab.put(vmid, '/config', 'serial0=socket');
    await lab.lab.json('vm', 'start', String(vmid));
    await lab.agentUp(vmid);
    const terminal = new Terminal(lab.lab, ['vm', 'console', String(vmid)]);
    try {
      await terminal.sees('Ctrl-] leaves it');
      await lab.post(
        vmid,
        '/agent/exec',
        'command=sh',
        // Open from the question on: what comes before anybody listens is lost.
        'input-data=exec 3<>/dev/ttyS0; echo "who is there?" >&3; head -n 1 <&3 >/tmp/typed',
      );
      await terminal.answer('who is there?', 'a friend\r');
      await lab.until('typed', async () => {
        const { out } = await lab.shell(vmid, 'cat /tmp/typed 2>/dev/null || true');
        return out === 'a friend\n';
      });
      terminal.type('\x1d');
      expect(await terminal.end()).to.equal(0);
    } finally {
      terminal.kill();
    }
  });

  it('shows live what is resized, and figures of the process', async () => {
    const vmid = await booted();
    const size = async (): Promise<number> =>
      Number(await lab.readFile(vmid, '/sys/block/sda/size'));
    const before = await size();
    await lab.put(vmid, '/resize', 'disk=scsi0', 'size=+64M');
    expect(await size()).to.equal(before + (64 * 2 ** 20) / 512);
    await lab.until('figures', async () => (await lab.status(vmid)).mem > 2 ** 20);
  });

  it('brings the disk back to a snapshot, taken while the guest runs', async () => {
    const vmid = await booted();
    const write = async (text: string): Promise<void> => {
      const script = `printf ${text} | dd of=/dev/sda bs=512 seek=100000 conv=fsync`;
      expect((await lab.shell(vmid, script)).exitcode).to.equal(0);
    };
    const read = async (): Promise<string> =>
      (await lab.shell(vmid, 'dd if=/dev/sda bs=512 skip=100000 count=1 | head -c 6')).out;
    await write('before');
    await lab.post(vmid, '/snapshot', 'snapname=first');
    await write('after!');
    expect(await read()).to.equal('after!');
    await lab.post(vmid, '/snapshot/first/rollback', 'start=1');
    await lab.agentUp(vmid);
    expect(await read()).to.equal('before');
    await lab.lab.json('api', 'delete', lab.path(vmid, '/snapshot/first'), '-y');
    const rows = await lab.get<{ name: string }[]>(vmid, '/snapshot');
    expect(rows.map(({ name }) => name)).to.deep.equal(['current']);
    const memory = await lab.lab.pmx([
      'api',
      'post',
      lab.path(vmid, '/snapshot'),
      'snapname=memory',
      'vmstate=1',
    ]);
    expect(memory.code).to.equal(3);
    expect(memory.stderr).to.include('takes snapshots of disks only');
  });

  it('starts the hardware clock at startdate', async () => {
    const vmid = await create();
    await lab.put(vmid, '/config', 'startdate=2019-06-01T12:00:00');
    await lab.lab.json('vm', 'start', String(vmid));
    await lab.agentUp(vmid);
    expect(await lab.readFile(vmid, '/sys/class/rtc/rtc0/date')).to.equal('2019-06-01\n');
  });

  it('notices a guest that powers off by itself, and applies what was pending', async () => {
    const vmid = await booted();
    await lab.put(vmid, '/config', 'cores=1');
    expect((await lab.shell(vmid, 'nproc')).out).to.equal('2\n');
    await lab.post(vmid, '/agent/exec', 'command=sh', 'input-data=sleep 1; poweroff -f');
    await lab.until('power-off', async () => (await lab.status(vmid)).status === 'stopped');
    await lab.until('end of QEMU', async () => lab.processes().length === 0);
    await lab.until('pending change', async () => {
      const rows = await lab.get<{ key: string; value?: number }[]>(vmid, '/pending');
      return rows.find(({ key }) => key === 'cores')?.value === 1;
    });
  });

  it('notices that a QEMU has died', async () => {
    const vmid = await booted();
    process.kill(lab.processes()[0]!, 'SIGKILL');
    await lab.until('stopped', async () => (await lab.status(vmid)).status === 'stopped');
    await lab.lab.json('vm', 'start', String(vmid));
    await lab.agentUp(vmid);
  });

  it('keeps its process when the guest reboots, and is a new one after a reboot by PVE', async () => {
    const vmid = await booted();
    const { pid } = await lab.status(vmid);
    await lab.post(vmid, '/agent/file-write', 'file=/tmp/mark', 'content=x');
    const marked = async (): Promise<boolean> => {
      const args = ['api', 'get', lab.path(vmid, '/agent/file-read'), 'file=/tmp/mark'];
      return (await lab.lab.pmx(args)).code === 0;
    };
    await lab.post(vmid, '/agent/exec', 'command=sh', 'input-data=sleep 1; reboot -f');
    await lab.until('reboot', async () => !(await marked()));
    await lab.agentUp(vmid);
    expect(await marked()).to.equal(false);
    expect((await lab.status(vmid)).pid).to.equal(pid);
    await lab.post(vmid, '/status/reboot');
    await lab.agentUp(vmid);
    expect((await lab.status(vmid)).pid).to.not.equal(pid);
  });

  it('pauses and goes on; a paused guest does not answer', async () => {
    const vmid = await booted();
    await lab.post(vmid, '/status/suspend');
    expect(await lab.status(vmid)).to.include({ status: 'running', qmpstatus: 'paused' });
    const ping = await lab.lab.pmx(['api', 'post', lab.path(vmid, '/agent/ping')]);
    expect(ping.stderr).to.include('QEMU guest agent is not running');
    await lab.post(vmid, '/status/resume');
    await lab.agentUp(vmid);
    await lab.post(vmid, '/status/reset');
    await lab.agentUp(vmid);
  });

  it('starts no guest beyond the memory limit', async () => {
    const vmid = await create('--memory', '800M');
    const { code, stderr } = await lab.lab.pmx(['vm', 'start', String(vmid)]);
    expect(code).to.equal(3);
    expect(stderr).to.match(/asks for 800 MiB.*limit of this sandbox is 700 MiB/s);
    expect((await lab.status(vmid)).status).to.equal('stopped');
  });

  for (const [bus, more] of [
    ['ide0', []],
    ['sata0', []],
    ['virtio0', []],
    ['scsi0', ['scsihw=lsi']],
    ['scsi0', ['machine=q35', 'scsihw=virtio-scsi-pci', 'bios=seabios']],
  ] as const)
    it(`boots from ${[bus, ...more].join(' ')}`, async () => {
      const vmid = await create();
      const { scsi0 } = await lab.get<{ scsi0: string }>(vmid, '/config');
      if (bus !== 'scsi0') {
        await lab.put(vmid, '/config', 'delete=scsi0');
        await lab.put(vmid, '/config', `${bus}=${scsi0.split(',')[0]}`);
      }
      await lab.put(vmid, '/config', `boot=order=${bus}`, ...more);
      await lab.lab.json('vm', 'start', String(vmid));
      await lab.agentUp(vmid);
    });

  it('copies a guest that runs', async () => {
    const vmid = await booted();
    const script = 'printf copied | dd of=/dev/sda bs=512 seek=100000 conv=fsync';
    expect((await lab.shell(vmid, script)).exitcode).to.equal(0);
    const copy = 900;
    await lab.post(vmid, '/clone', `newid=${copy}`, 'full=1');
    expect((await lab.status(vmid)).qmpstatus).to.equal('running');
    await lab.lab.json('vm', 'start', String(copy));
    await lab.agentUp(copy);
    const read = 'dd if=/dev/sda bs=512 skip=100000 count=1 | head -c 6';
    expect((await lab.shell(copy, read)).out).to.equal('copied');
  });

  it('starts UEFI with variables of its own, and keeps them on the EFI disk', async function () {
    if (!existsSync('/usr/share/OVMF/OVMF_VARS_4M.fd'))
      skipping(this, 'Debian package ovmf is not installed');
    const vmid = await create();
    await lab.put(vmid, '/config', 'bios=ovmf', 'efidisk0=local:1,efitype=4m');
    await lab.lab.json('vm', 'start', String(vmid));
    // The micro guest has no UEFI loader: what matters is that the firmware runs and writes.
    const disk = lab.lab.file(
      `data/sandbox/storages/pve1/local/images/${vmid}/vm-${vmid}-disk-1.raw`,
    );
    const template = readFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd');
    await lab.until('variables', async () => {
      const now = readFileSync(disk);
      return now.length === template.length && !now.equals(template);
    });
    expect((await lab.status(vmid)).status).to.equal('running');
  });

  it('puts another disc into a running guest', async () => {
    const vmid = await create();
    await lab.put(vmid, '/config', 'ide2=none,media=cdrom');
    await lab.lab.json('vm', 'start', String(vmid));
    await lab.agentUp(vmid);
    const discs = async (): Promise<string> =>
      (await lab.shell(vmid, 'cat /sys/block/sr*/size')).out;
    const empty = await discs();
    await lab.lab.json(
      'api',
      'post',
      '/nodes/pve1/storage/local/content',
      ...[`vmid=${vmid}`, `filename=vm-${vmid}-disk-7.raw`, 'size=8M', 'format=raw'],
    );
    await lab.put(vmid, '/config', `ide2=local:${vmid}/vm-${vmid}-disk-7.raw,media=cdrom`);
    await lab.shell(vmid, 'for disc in /dev/sr*; do head -c 1 $disc >/dev/null; done');
    expect(empty).to.not.include('16384');
    expect(await discs()).to.include('16384');
  });

  it('writes the cloud-init drive anew under a running guest', async () => {
    const vmid = await booted();
    const mount = 'for d in /dev/sr*; do mount -t iso9660 $d /mnt 2>/dev/null && break; done';
    // pmx itself would show a password as [secret].
    const show = 'sed s/^password:/hash:/ /mnt/user-data';
    const userData = async (): Promise<string> =>
      (await lab.shell(vmid, `mkdir -p /mnt; ${mount}; ${show}; umount /mnt`)).out;
    expect(await userData()).to.include(`hostname: m${made}\n`);
    await lab.put(vmid, '/config', 'ciuser=carol', 'cipassword=secret-1');
    await lab.put(vmid, '/cloudinit');
    const renewed = await userData();
    expect(renewed).to.match(/^user: carol$/m);
    expect(renewed).to.match(/^hash: \$5\$/m);
  });

  it('ends its guests when it stops, and those of one that was killed at the next start', async () => {
    const vmid = await booted();
    const [orphan] = lab.processes();
    process.kill(lab.sandboxPid(), 'SIGKILL');
    await lab.until('end of the sandbox', async () => {
      const { running } = await lab.lab.json<{ running: boolean }>('sandbox', 'status');
      return !running;
    });
    expect(lab.processes()).to.deep.equal([orphan]);
    const reset = await lab.lab.pmx(['sandbox', 'reset', '-y']);
    expect(reset).to.have.property('code', 1);
    expect(reset.stderr).to.include('PMX_SANDBOX_GUESTS_LEFT');
    await lab.lab.json(
      'sandbox',
      'start',
      '--detach',
      '--engine',
      'qemu',
      '--memory-limit',
      '700M',
    );
    expect(lab.processes()).to.deep.equal([]);
    expect((await lab.status(vmid)).status).to.equal('stopped');
    await lab.lab.json('vm', 'start', String(vmid));
    await lab.agentUp(vmid);
    await lab.lab.json('sandbox', 'stop');
    expect(lab.processes()).to.deep.equal([]);
    await lab.lab.json('sandbox', 'start', '--detach', '--engine', 'qemu');
    expect((await lab.status(vmid)).status).to.equal('stopped');
  });
});
