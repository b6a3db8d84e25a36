import { allSteps, type Plan, type ProcessRunArgs } from '@pmx-cli/kit';
import { expect } from 'chai';

import { parseEscape, planConsole } from '#dist/lib/operations/reach/console.js';
import { parseCopy, parseMode, planCopy } from '#dist/lib/operations/reach/copy.js';
import { planContainerCopy } from '#dist/lib/operations/reach/ct-copy.js';
import { planNodeExec } from '#dist/lib/operations/reach/ct-exec.js';
import { planExec } from '#dist/lib/operations/reach/exec.js';
import { planScp } from '#dist/lib/operations/reach/scp.js';
import { planScreen } from '#dist/lib/operations/reach/screen.js';
import { planSsh, quoted } from '#dist/lib/operations/reach/ssh.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { guestOf } from './support.ts';

const vm = guestOf(101, { name: 'web-01', status: 'running' });
const ct = guestOf(190, { type: 'lxc', name: 'proxy', status: 'running' });
const stepOf = (plan: Plan) => allSteps(plan.steps)[0]!;
const wordsOf = (plan: Plan): unknown[] => (stepOf(plan).args as ProcessRunArgs).arguments as never;

/** A server that knows where its nodes are. */
function server(config: Record<string, string | number> = {}): FakePve {
  const pve = new FakePve();
  pve.guest(101, config, { status: 'running' });
  pve.answers.set('/cluster/status', [
    { type: 'cluster', name: 'lab' },
    { type: 'node', name: 'pve1', ip: '192.0.2.1' },
    { type: 'node', name: 'pve2', ip: '192.0.2.2' },
  ]);
  pve.answers.set('/nodes/pve1/lxc/190/config', {});
  return pve;
}

describe('planning a program in a VM', () => {
  it('arguments and input are held: the plan knows how many there are', () => {
    const plan = planExec({ guest: vm, command: ['sh', '-c', 'x'], input: Buffer.from('in') });
    expect(plan.title).to.equal('Run sh with 2 arguments in VM 101 (web-01)');
    expect(plan.held).to.deep.equal({ 'argument 1': '-c', 'argument 2': 'x', input: 'aW4=' });
    const { held: _, ...journaled } = plan;
    expect(JSON.stringify(journaled)).to.not.include('"x"').and.not.include('aW4=');
    expect(stepOf(plan).undo).to.equal(undefined);
  });

  it('no input is none, and too much is refused before anything is sent', async () => {
    const none = planExec({ guest: vm, command: ['true'], input: Buffer.alloc(0) });
    expect(stepOf(none).args).to.not.have.property('input');
    expect(none.title).to.equal('Run true in VM 101 (web-01)');
    const most = planExec({ guest: vm, command: ['cat'], input: Buffer.alloc(65_536) });
    expect(stepOf(most).args).to.have.property('input');
    const error = await failure(() =>
      planExec({ guest: vm, command: ['cat'], input: Buffer.alloc(65_537) }),
    );
    expect(error).to.include({ code: 'PMX_INPUT_TOO_LARGE', exitCode: 1 });
  });
});

describe('planning a program in a container', () => {
  const request = { guest: ct, command: ['sh', '-c', "it's $HOME"], print: false, apart: false };

  it('goes to its node, each word quoted for the shell there', async () => {
    const plan = await planNodeExec(server(), { ...request, port: 2222, jump: 'ann@bastion' });
    const front = ['-p', '2222', '-J', 'ann@bastion', '-l', 'root', '192.0.2.1'];
    const words = ['--', 'pct', 'exec', '190', '--', 'sh', { $secret: 'word 1' }];
    expect(wordsOf(plan)).to.deep.equal([...front, ...words, { $secret: 'word 2' }]);
    expect(plan.held).to.deep.equal({ 'word 1': '-c', 'word 2': String.raw`'it'\''s $HOME'` });
    expect(stepOf(plan).kind).to.equal('process.attach');
    expect(plan.local).to.equal(true);
  });

  it('one of several has no terminal, and ssh must ask nothing', async () => {
    const plan = await planNodeExec(server(), { ...request, apart: true });
    expect(stepOf(plan).kind).to.equal('process.run');
    expect(wordsOf(plan).slice(0, 2)).to.deep.equal(['-o', 'BatchMode=yes']);
    expect(plan.result).to.deep.include({ stdout: { $secret: 'stdout' } });
  });

  it('where nobody may see addresses the name of the node has to do', async () => {
    const pve = server();
    pve.answers.set('/cluster/status', new Error('no'));
    const plan = await planNodeExec(pve, { ...request, print: true });
    expect(plan.result).to.include({ address: 'pve1', exitCode: null });
    expect(plan.steps).to.deep.equal([]);
  });

  it('one that does not run, and words that ssh would take for options, are refused', async () => {
    const off = { ...request, guest: { ...ct, status: 'stopped' as const } };
    expect(await failure(() => planNodeExec(server(), off))).to.include({
      code: 'PMX_GUEST_NOT_RUNNING',
    });
    for (const bad of [{ host: '-oProxyCommand=x' }, { user: 'a b' }, { jump: '-x' }])
      expect(await failure(() => planNodeExec(server(), { ...request, ...bad }))).to.include({
        code: 'PMX_INVALID_SSH_WORD',
        exitCode: 1,
      });
  });
});

describe('planning a copy', () => {
  const folder = useFolder();

  it('exactly one side is in a guest; a colon behind a slash is none', async () => {
    expect(parseCopy('./a:b', 'web-01:/x')).to.deep.equal({
      source: { path: './a:b' },
      destination: { guest: 'web-01', path: '/x' },
    });
    for (const [source, destination] of [
      ['a', 'b'],
      ['a:/x', 'b:/y'],
    ] as const) {
      const error = await failure(() => parseCopy(source, destination, 'ct'));
      expect(error).to.include({ code: 'PMX_INVALID_COPY' });
      expect(error.hints.join()).to.include('pmx ct cp');
    }
    for (const mode of ['600', '0600', '1777']) expect(parseMode(mode)).to.equal(mode);
    for (const mode of ['', '60', '0888', 'rw', '06000'])
      expect(await failure(() => parseMode(mode))).to.include({ code: 'PMX_INVALID_COPY' });
  });

  const into = (path: string) => ({ guest: 'x', path });
  const request = { guest: ct, mode: '0644', print: false };

  it('into a container: the file, its length and checksum, and a name until it is whole', async () => {
    const file = folder.put("it's", 'abc');
    const copy = { ...request, source: { path: file }, destination: into('/etc/') };
    const plan = await planContainerCopy(server(), copy);
    const args = stepOf(plan).args as ProcessRunArgs;
    expect(args).to.include({ input: file, mustSucceed: true, unknownCode: 255 });
    const [temporary, to, ...rest] = args.arguments.slice(-5);
    expect(temporary).to.match(/^'\/etc\/\.it'\\''s\.pmx-[0-9a-f]{10}'$/);
    expect(to).to.equal(quoted("/etc/it's"));
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(rest).to.deep.equal(['3', sha256, '0644']);
    expect(plan.result).to.include({ destination: "/etc/it's", bytes: 3, checked: true });
  });

  it('out of a container: a file beside its place, which goes when it fails', async () => {
    const copy = { ...request, source: into('/var/log/x'), destination: { path: folder.path } };
    const plan = await planContainerCopy(server(), copy);
    const { output } = stepOf(plan).args as ProcessRunArgs;
    expect(output!.path).to.equal(folder.file('x'));
    expect(output!.temporary).to.match(/\/\.x\.pmx-[0-9a-f]{10}$/);
    expect(stepOf(plan).undo![0]!.args).to.deep.equal({ path: output!.temporary });
    expect(plan.result).to.deep.include({ bytes: { $var: 'bytes' }, checked: false });
  });

  it('--print: no step, a line for the shell, and the container may be off', async () => {
    const guest = { ...ct, status: 'stopped' as const };
    const copy = { ...request, guest, source: into('/a b'), destination: { path: '/tmp/c d' } };
    const plan = await planContainerCopy(server(), { ...copy, print: true });
    expect(plan.steps).to.deep.equal([]);
    expect(plan.result).to.deep.include({ bytes: null, checked: false });
    expect((plan.result as { line: string }).line).to.match(/cat -- .*a b.* > '\/tmp\/c d'$/);
  });

  it('folders, half paths and files that are not there are told before anything happens', async () => {
    for (const [source, destination, code] of [
      [{ path: folder.path }, into('/x/'), 'PMX_INVALID_COPY'],
      [{ path: folder.file('nosuch') }, into('/x'), 'PMX_FILE_NOT_FOUND'],
      [into('etc/x'), { path: '.' }, 'PMX_INVALID_COPY'],
      [into('/etc/'), { path: '.' }, 'PMX_INVALID_COPY'],
    ] as const) {
      const attempt = () => planContainerCopy(server(), { ...request, source, destination });
      expect(await failure(attempt)).to.include({ code, exitCode: 1 });
    }
  });

  it('into a VM: pieces with an undo; in one call there is nothing to take back', async () => {
    const file = folder.put('motd', 'hello');
    const pve = server();
    pve.answers.set('/nodes/pve1/qemu/101/agent/get-osinfo', { result: { id: 'debian' } });
    const copy = { guest: vm, mode: '0644', source: { path: file }, destination: into('/etc/') };
    const pieces = await planCopy(pve, { ...copy, direct: false });
    expect(stepOf(pieces).args).to.include({ destination: '/etc/motd', size: 5, direct: false });
    expect(stepOf(pieces).undo![0]!.kind).to.equal('guest.discard-file');
    const direct = await planCopy(pve, { ...copy, direct: true });
    expect(stepOf(direct).undo).to.equal(undefined);
    // Programs of a POSIX shell are nothing for Windows.
    pve.answers.set('/nodes/pve1/qemu/101/agent/get-osinfo', { result: { id: 'mswindows' } });
    const windows = await planCopy(pve, { ...copy, direct: false });
    expect(stepOf(windows).args).to.include({ direct: true });
  });

  it('with scp: a colon in a name here is no host, an IPv6 address has brackets', async () => {
    const copy = { guest: vm, source: { path: 'a:b' }, destination: into('/srv/') };
    const plan = await planScp(server({ ciuser: 'debian' }), { ...copy, host: '2001:db8::1' });
    expect(wordsOf(plan)).to.deep.equal(['--', './a:b', 'debian@[2001:db8::1]:/srv/']);
    const back = { guest: vm, source: into('/srv/a'), destination: { path: '/tmp' } };
    const fetched = await planScp(server(), { ...back, host: 'h', user: 'ann', port: 22 });
    expect(wordsOf(fetched)).to.deep.equal(['-P', '22', '-r', '--', 'ann@h:/srv/a', '/tmp']);
  });
});

describe('planning ssh', () => {
  it('address and user as given, a command held, a line to paste without it', async () => {
    const plan = await planSsh(server(), {
      ...{ guest: vm, command: ['ls', '-l'], tty: true, print: false },
      ...{ host: '192.0.2.9', user: 'ann', identity: '/a b' },
    });
    const words = ['-i', '/a b', '-l', 'ann', '-t', '192.0.2.9', '--'];
    expect(wordsOf(plan)).to.deep.equal([...words, { $secret: 'word 1' }, { $secret: 'word 2' }]);
    expect(plan.result).to.deep.include({
      source: 'flag',
      line: "ssh -i '/a b' -l ann -t 192.0.2.9",
    });
  });

  it('a container is entered as root, a VM as the user of its cloud-init', async () => {
    const request = { command: [], tty: false, print: true, host: 'h' };
    const inCt = await planSsh(server(), { ...request, guest: ct });
    const inVm = await planSsh(server({ ciuser: 'debian' }), { ...request, guest: vm });
    const plain = await planSsh(server(), { ...request, guest: vm });
    expect(
      [inCt, inVm, plain].map(({ result }) => (result as { user: unknown }).user),
    ).to.deep.equal(['root', 'debian', null]);
  });
});

describe('planning a console', () => {
  for (const [text, code] of [
    ['^]', 29],
    ['^o', 15],
    ['^O', 15],
    ['none', undefined],
  ] as const)
    it(`${text} is ${code}`, () => expect(parseEscape(text)).to.equal(code));

  for (const text of ['', ']', '^M', '^1', '^]]', 'Ctrl-]'])
    it(`'${text}' is no key to leave with`, async () =>
      expect(await failure(() => parseEscape(text))).to.include({
        code: 'PMX_INVALID_ESCAPE',
        exitCode: 1,
      }));

  it('takes the first serial port that there is, and no other than was asked for', async () => {
    const plan = await planConsole(server({ serial1: 'socket' }), { guest: vm, escape: '^]' });
    expect(stepOf(plan).args).to.include({ serial: 'serial1', escape: 29 });
    for (const [config, serial] of [
      [{}, undefined],
      [{ serial0: '/dev/ttyS0' }, undefined],
      [{ serial0: 'socket' }, 'serial1'],
    ] as Array<[Record<string, string>, string | undefined]>) {
      const request = { guest: vm, escape: '^]', ...(serial !== undefined && { serial }) };
      expect(await failure(() => planConsole(server(config), request))).to.include({
        code: 'PMX_NO_SERIAL_PORT',
      });
    }
  });

  it('a screen over SPICE needs a display for it, one over VNC does not', async () => {
    for (const vga of ['qxl', 'qxl2', 'type=qxl,memory=32']) {
      const plan = await planScreen(server({ vga }), { guest: vm, protocol: 'spice' });
      expect(stepOf(plan).kind).to.equal('guest.spice');
    }
    for (const vga of ['std', 'virtio', 'memory=32'])
      expect(
        await failure(() => planScreen(server({ vga }), { guest: vm, protocol: 'spice' })),
      ).to.include({ code: 'PMX_NO_SPICE', exitCode: 1 });
    const vnc = await planScreen(server(), { guest: vm, protocol: 'vnc', port: 5901 });
    expect(stepOf(vnc).args).to.include({ port: 5901, vmid: 101 });
    const off = { ...vm, status: 'stopped' as const };
    expect(
      await failure(() => planScreen(server(), { guest: off, protocol: 'vnc', port: 0 })),
    ).to.include({ code: 'PMX_GUEST_NOT_RUNNING' });
  });
});
