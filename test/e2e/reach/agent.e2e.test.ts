import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter } from 'node:path';

import { expect } from 'chai';

import { Lab, outcomeOf, until } from '../support.ts';

describe('pmx vm agent, ssh, pending, watch', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    await lab.json(
      'vm',
      'create',
      'web-01',
      '--template',
      'base',
      '--start',
      '--ip',
      '10.9.0.5/24',
    );
    await lab.json('vm', 'create', 'off', '--template', 'base', '--ip', '10.9.0.6/24');
    await lab.container('proxy');
  });

  after(() => lab.stop());

  it('tells what the agent tells', async () => {
    const agent = <T>(verb: string): Promise<T> => lab.json<T>('vm', 'agent', verb, 'web-01');
    expect(await agent('ping')).to.include({ name: 'web-01' });
    expect(await agent('osinfo')).to.include({ id: 'debian' });
    const { commands } = await agent<{ commands: Array<{ name: string }> }>('info');
    expect(commands.map(({ name }) => name)).to.include('guest-exec');
    const cards = await agent<Array<{ name: string; addresses: string[] }>>('network');
    expect(cards.find(({ name }) => name === 'eth0')!.addresses).to.include('10.9.0.5/24');
    const { differenceMillis } = await agent<{ differenceMillis: number }>('time');
    expect(Math.abs(differenceMillis)).to.be.below(5000);
    expect(await agent('users')).to.be.an('array');
    const [root] = await agent<Array<{ mountpoint: string; totalBytes: number }>>('fsinfo');
    expect(root).to.include({ mountpoint: '/' });
    const off = await lab.pmx(['vm', 'agent', 'ping', 'off']);
    expect([off.code, off.stderr.includes('PMX_AGENT_UNAVAILABLE')]).to.deep.equal([3, true]);
  });

  it('freezes, is thawed, trims', async () => {
    const frozen = await lab.json<unknown[]>('vm', 'agent', 'freeze', 'web-01');
    expect(frozen).to.have.nested.property('[0].result.fileSystems', 1);
    const exec = await lab.pmx(['vm', 'exec', 'web-01', '--', 'true']);
    expect(exec.stderr).to.include('frozen state');
    const thawed = await lab.json<unknown[]>('vm', 'agent', 'thaw', 'web-01');
    expect(thawed).to.have.nested.property('[0].result.fileSystems', 1);
    const trimmed = await lab.json<unknown[]>('vm', 'agent', 'fstrim', '-l', 'name=web-01');
    expect(trimmed).to.have.nested.property('[0].result.paths[0].path', '/');
  });

  it('sets a password from stdin only, and writes and reads small files', async () => {
    const set = (input: string): ReturnType<Lab['pmx']> =>
      lab.pmx(['vm', 'agent', 'passwd', 'web-01', 'root', '--password-stdin'], { input });
    expect((await set('correct horse')).code).to.equal(0);
    const short = await set('abc');
    expect([short.code, short.stderr.includes('PMX_INVALID_GUEST_PASSWORD')]).to.deep.equal([
      1,
      true,
    ]);
    const none = await lab.pmx(['vm', 'agent', 'passwd', 'web-01', 'root']);
    expect([none.code, none.stderr.includes('PMX_NO_SECRET')]).to.deep.equal([1, true]);
    const write = await lab.pmx(['vm', 'agent', 'file-write', 'web-01', '/tmp/n'], {
      input: 'ü\n',
    });
    expect(write.code, write.stderr).to.equal(0);
    const { stdout } = await lab.pmx(['vm', 'agent', 'file-read', 'web-01', '/tmp/n']);
    expect(stdout).to.equal('ü\n');
  });

  /** A program of that name in front of PATH, which tells what it was called with. */
  function fake(name: string, script: string): Record<string, string> {
    mkdirSync(lab.file('bin'), { recursive: true });
    writeFileSync(lab.file(`bin/${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(lab.file(`bin/${name}`), 0o755);
    return { PATH: `${lab.file('bin')}${delimiter}${process.env['PATH']}` };
  }

  it('ssh: finds the address, hands on words, input and exit code', async () => {
    const env = fake('ssh', 'printf "[%s]" "$@"; cat; exit 9');
    const { code, stdout } = await lab.pmx(
      [
        'vm',
        'ssh',
        'web-01',
        '--user',
        'admin',
        '-p',
        '2222',
        '-J',
        'ann@bastion',
        '--',
        'ls',
        '-l',
      ],
      { env, input: 'typed' },
    );
    expect(code).to.equal(9);
    expect(stdout).to.equal('[-p][2222][-J][ann@bastion][-l][admin][10.9.0.5][--][ls][-l]typed');
  });

  it('ssh: says who said so, and what to do when nobody does or ssh is missing', async () => {
    const printed = await lab.json<Record<string, unknown>>('vm', 'ssh', 'web-01', '--print');
    expect(printed).to.include({ address: '10.9.0.5', source: 'agent', exitCode: null });
    const given = await lab.json<Record<string, unknown>>(
      ...['ct', 'ssh', 'proxy', '--print', '--host', '10.9.9.9'],
    );
    expect(given).to.include({ source: 'flag', line: 'ssh -l root 10.9.9.9' });
    const off = await lab.pmx(['vm', 'ssh', 'off']);
    expect([off.code, off.stderr.includes('PMX_GUEST_NOT_RUNNING')]).to.deep.equal([1, true]);
    const option = await lab.pmx(['vm', 'ssh', 'web-01', '--user', 'a b', '--print']);
    expect(option.stderr).to.include('PMX_INVALID_SSH_WORD');
    const missing = await lab.pmx(['vm', 'ssh', 'web-01'], { env: { PATH: lab.file('nothing') } });
    expect([missing.code, missing.stderr.includes('PMX_PROGRAM_MISSING')]).to.deep.equal([2, true]);
  });

  it('ct exec: pct on the node, words as they are, and the exit code', async () => {
    const stopped = await lab.pmx(['ct', 'exec', 'proxy', '--', 'true']);
    expect([stopped.code, stopped.stderr.includes('PMX_GUEST_NOT_RUNNING')]).to.deep.equal([
      1,
      true,
    ]);
    await lab.json('ct', 'start', 'proxy');
    // As the shell of the node would, but on this machine.
    const env = fake('ssh', 'while [ "$1" != -- ]; do shift; done; shift; eval "$*"; exit $?');
    fake('pct', 'shift 3; "$@"; exit 5');
    const words = ['ct', 'exec', 'proxy', '--', 'printf', '[%s]', 'a b', "it's", '$HOME', ''];
    const { code, stdout, stderr } = await lab.pmx(words, { env });
    expect(stdout, stderr).to.equal("[a b][it's][$HOME][]");
    expect(code).to.equal(5);
  });

  /** As the shell of the node would, but on this machine; folders of containers are folders here. */
  async function throughNode(): Promise<Record<string, string>> {
    await lab.json('ct', 'start', 'proxy');
    const env = fake('ssh', 'while [ "$1" != -- ]; do shift; done; shift; eval "$*"; exit $?');
    fake('pct', '[ "$2" != 999 ] || exit 255; shift 3; exec "$@"');
    return env;
  }

  it('ct exec with several: names in front of lines, 3 when one failed', async () => {
    const env = await throughNode();
    const script = 'echo out; echo err >&2; exit 4';
    const words = ['ct', 'exec', 'proxy', 'prox*', '--', 'sh', '-c', script];
    const { code, stdout, stderr } = await lab.pmx(words, { env });
    expect(stdout).to.equal('proxy: out\n');
    expect(stderr).to.include('proxy: err\n').and.include('proxy: ended with 4');
    expect([code, stderr.includes('PMX_PARTIAL_FAILURE')]).to.deep.equal([3, true]);
    const good = await lab.pmx(['ct', 'exec', '-l', 'name=proxy', '--json', '--', 'echo', 'x'], {
      env,
    });
    const [{ result }] = JSON.parse(good.stdout) as [{ result: Record<string, unknown> }];
    expect(result).to.include({ stdout: 'x\n', stderr: '', encoding: 'utf8', exitCode: 0 });
    expect(result['line']).to.include('BatchMode=yes');
  });

  it('ct cp: a file in and out, whole or not at all', async () => {
    const env = await throughNode();
    const inside = lab.file('inside');
    mkdirSync(inside);
    const content = randomBytes(300_000);
    writeFileSync(lab.file('in.bin'), content);
    writeFileSync(`${inside}/it's`, 'old', { mode: 0o640 });
    const put = await lab.pmx(['ct', 'cp', lab.file('in.bin'), `proxy:${inside}/it's`, '--json'], {
      env,
    });
    expect(put.code, put.stderr).to.equal(0);
    expect(JSON.parse(put.stdout)).to.include({ bytes: 300_000, checked: true, via: 'node' });
    expect(readFileSync(`${inside}/it's`).equals(content)).to.equal(true);
    expect(statSync(`${inside}/it's`).mode & 0o777).to.equal(0o640);
    await lab.pmx(['ct', 'cp', lab.file('in.bin'), `proxy:${inside}/`, '--mode', '0600'], { env });
    expect(statSync(`${inside}/in.bin`).mode & 0o777).to.equal(0o600);
    const out = await lab.pmx(['ct', 'cp', `proxy:${inside}/it's`, lab.file('out.bin')], { env });
    expect(out.stdout, out.stderr).to.include('(node, ');
    expect(readFileSync(lab.file('out.bin')).equals(content)).to.equal(true);
    // Half of it arrives.
    fake('pct', 'shift 3; head -c 1000 | "$@"');
    const held = readdirSync(inside);
    const half = await lab.pmx(['ct', 'cp', lab.file('in.bin'), `proxy:${inside}/new`], { env });
    expect(half.code).to.equal(2);
    expect(half.stderr).to.include('not all of it arrived').and.include('PMX_PROGRAM_FAILED');
    fake('pct', 'echo half; exit 1');
    const broken = await lab.pmx(['ct', 'cp', `proxy:/x`, lab.file('never')], { env });
    expect([broken.code, existsSync(lab.file('never'))]).to.deep.equal([2, false]);
    expect(readdirSync(inside)).to.deep.equal(held);
    expect(readdirSync(lab.path).filter((name) => name.includes('.pmx-'))).to.deep.equal([]);
    const operations = await lab.json<Array<{ status: string }>>('op', 'list', '--limit', '2');
    expect(operations.map(({ status }) => status)).to.deep.equal(['rolled-back', 'rolled-back']);
    const folder = await lab.pmx(['ct', 'cp', inside, 'proxy:/srv/'], { env });
    expect([folder.code, folder.stderr.includes('--via ssh')]).to.deep.equal([1, true]);
  });

  it('cp --via ssh runs scp', async () => {
    const env = fake('scp', 'printf "[%s]" "$@"');
    const { code, stdout } = await lab.pmx(
      ['vm', 'cp', '.', 'web-01:/srv/', '--via', 'ssh', '--user', 'ann'],
      { env },
    );
    expect(code).to.equal(0);
    expect(stdout).to.match(/^\[-r\]\[--\]\[\.\/\.\]\[ann@10\.9\.0\.5:\/srv\/\]/);
  });

  it('pending: what waits for the next start', async () => {
    expect(await lab.json('vm', 'pending', 'web-01')).to.deep.equal([]);
    await lab.json('api', 'put', '/nodes/pve1/qemu/101/config', 'cores=1');
    expect(await lab.json('vm', 'pending', 'web-01')).to.deep.equal([
      { key: 'cores', current: '2', pending: '1', delete: false },
    ]);
    const all = await lab.json<Array<{ key: string }>>('vm', 'pending', 'web-01', '--all');
    expect(all.map(({ key }) => key)).to.include('scsi0');
    expect(await lab.json('ct', 'pending', 'proxy')).to.deep.equal([]);
  });

  it('watch: events as lines of JSON, a program for each, the end with --until', async () => {
    const env = fake(
      'hook',
      `echo "$PMX_EVENT_EVENT $PMX_EVENT_NAME $PMX_EVENT_TO $1" >> ${lab.file('events')}`,
    );
    const child = lab.spawn(
      [
        'vm',
        'watch',
        'off',
        '-o',
        'jsonl',
        '--interval',
        '100ms',
        '--until',
        'running',
        '--exec',
        'hook word',
      ],
      { env },
    );
    const ended = outcomeOf(child);
    const seen = lab.requests().length;
    await until(
      () =>
        lab
          .requests()
          .slice(seen)
          .filter(({ path }) => path.includes('/cluster/resources')).length > 1,
      'a first look',
    );
    await lab.json('vm', 'start', 'off');
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).to.equal(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.find(({ event }) => event === 'status')).to.include({
      name: 'off',
      from: 'stopped',
      to: 'running',
    });
    expect(readFileSync(lab.file('events'), 'utf8')).to.include('status off running word');
  });

  it('watch: Ctrl-C ends it well; a limit with --until is an error; no endless document', async () => {
    const child = lab.spawn(['ct', 'watch', '--interval', '100ms']);
    const ended = outcomeOf(child);
    const seen = lab.requests().length;
    await until(() => lab.requests().length > seen, 'a first look');
    child.kill('SIGINT');
    expect((await ended).code).to.equal(0);
    const late = await lab.pmx([
      'ct',
      'watch',
      'proxy',
      '--until',
      'stopped',
      '--timeout',
      '300ms',
    ]);
    expect([late.code, late.stderr.includes('PMX_WAIT_TIMEOUT')]).to.deep.equal([2, true]);
    const endless = await lab.pmx(['vm', 'watch', '--json']);
    expect([endless.code, endless.stdout.includes('PMX_WATCH')]).to.deep.equal([1, true]);
    expect(await lab.json('vm', 'watch', '--timeout', '300ms')).to.deep.equal([]);
  });
});
