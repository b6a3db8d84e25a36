import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab } from './support.ts';

interface Done {
  target: string;
  ok: boolean;
  result: {
    changed: boolean;
    changes?: Array<{ option: string; old: unknown; new: unknown }>;
    restartNeeded?: string[];
  };
}

type Config = Record<string, string | number>;

describe('changing guests that exist', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    const vm = ['api', 'post', '/nodes/pve1/qemu', 'memory=512', 'scsi0=local:1'];
    await lab.json(...vm, 'vmid=101', 'name=web-01', 'net0=virtio,bridge=vmbr0');
    await lab.json(...vm, 'vmid=102', 'name=web-02', 'description=second');
    await lab.container('proxy', 'tags=web');
  });

  after(() => lab.stop());
  afterEach(() => lab.json('sandbox', 'fault', 'clear'));

  const config = (vmid = 101): Promise<Config> =>
    lab.json('api', 'get', `/nodes/pve1/qemu/${vmid}/config`);
  const one = async (...args: string[]): Promise<Done['result']> => {
    const [done] = await lab.json<Done[]>(...args);
    expect(done).to.have.property('ok', true);
    return done!.result;
  };
  const quietly = async <T>(run: () => Promise<T>): Promise<T> => {
    const writes = lab.writes();
    const result = await run();
    expect(lab.writes()).to.equal(writes);
    return result;
  };

  it('set: a dry run shows old and new and writes nothing; then it is so; then there is nothing to do', async () => {
    const set = ['vm', 'set', 'web-01', '--memory', '1G', '--cores', '2', '--onboot'];
    const words = await quietly(() => lab.pmx([...set, '--dry-run']));
    expect(words.stdout).to.include('memory: 512 → 1024').and.include('cores: not set → 2');
    const curl = await quietly(() => lab.pmx([...set, '--dry-run', '--as', 'curl']));
    expect(curl.stdout).to.include('-X PUT').and.include('memory=1024');
    const done = await one(...set);
    expect(done.changes).to.deep.equal([
      { option: 'memory', old: '512', new: 1024 },
      { option: 'cores', old: null, new: 2 },
      { option: 'onboot', old: null, new: 1 },
    ]);
    expect(await config()).to.include({ memory: '1024', cores: 2, onboot: 1 });
    expect(await quietly(() => one(...set))).to.include({ changed: false });
  });

  it('set: many at once, each with its own difference', async () => {
    const done = await lab.json<Done[]>('vm', 'set', 'web-*', '--memory', '1G');
    expect(done.map(({ result }) => result.changed)).to.deep.equal([false, true]);
  });

  it('set: an answer that got lost is looked up, not sent again', async () => {
    const fault = ['sandbox', 'fault', 'add', '--action', 'reset', '--after', '--times', '1'];
    await lab.json(...fault, '--method', 'PUT', '--path', '/nodes/*/qemu/*/config');
    const writes = lab.writes();
    await one('vm', 'set', 'web-02', '--description', 'first', '--delete', 'cores');
    expect(lab.writes()).to.equal(writes + 1);
    expect(await config(102)).to.include({ description: 'first' });
  });

  it('set: what a running VM cannot take is named, and taken at the reboot', async () => {
    await lab.json('vm', 'start', 'web-01');
    const { restartNeeded } = await one('vm', 'set', 'web-01', '--memory', '2G', '--no-onboot');
    expect(restartNeeded).to.deep.equal(['memory']);
    await one('vm', 'reboot', 'web-01');
    const running = await lab.json<Config>(
      'api',
      'get',
      '/nodes/pve1/qemu/101/config',
      'current=1',
    );
    expect(running).to.include({ memory: '2048', onboot: 0 });
  });

  it('set: a password goes by stdin, and is in no journal', async () => {
    const set = ['vm', 'set', 'web-01', '--ciuser', 'admin', '--cipassword-stdin', '--json'];
    const { code, stdout, stderr } = await lab.pmx(set, { input: 'hush-hush-hush' });
    expect(code, stderr).to.equal(0);
    expect(stdout + stderr).not.to.include('hush-hush');
    expect(await config()).to.include({ ciuser: 'admin', cipassword: '**********' });
    const folder = lab.file('state/operations');
    const journals = readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(journals.join()).to.include('cipassword').and.not.include('hush-hush');
  });

  it('tag and rename: VMs and containers', async () => {
    await lab.json('vm', 'tag', 'web-01', 'web-02', '+prod', '+web');
    await lab.json('vm', 'tag', 'web-', '--add', 'x1', '-l', 'tag=prod');
    expect(await config()).to.include({ tags: 'prod;x1' });
    expect(await quietly(() => one('vm', 'tag', 'web-01', '+prod'))).to.include({ changed: false });
    await one('ct', 'tag', 'proxy', '--set', '');
    await one('ct', 'rename', 'proxy', 'edge');
    expect(await one('vm', 'rename', 'web-02', 'db-01')).to.include({ changed: true });
    expect(await lab.json('ct', 'show', 'edge')).to.include({ name: 'edge' });
  });

  it('suspend, resume, reset: in memory and to disk', async () => {
    await one('vm', 'suspend', 'web-01');
    expect(await quietly(() => one('vm', 'suspend', 'web-01'))).to.include({ changed: false });
    await one('vm', 'resume', 'web-01');
    expect(await quietly(() => one('vm', 'resume', 'web-01'))).to.include({ changed: false });
    const before = await lab.holdings();
    await one('vm', 'suspend', 'web-01', '--to-disk');
    expect(await lab.json('vm', 'show', 'web-01')).to.include({
      status: 'stopped',
      lock: 'suspended',
    });
    await one('vm', 'resume', 'web-01');
    expect(await lab.holdings()).to.deep.equal(before);
    await one('vm', 'reset', 'web-01');
    await lab.json('ct', 'start', 'edge');
    for (const verb of ['suspend', 'resume', 'reboot']) await one('ct', verb, 'edge');
  });

  for (const [args, code] of [
    [['vm', 'reboot', 'db-01'], 'PMX_GUEST_NOT_RUNNING'],
    [['vm', 'reset', '*'], 'PMX_GUEST_NOT_RUNNING'],
    [['vm', 'set', 'web-01'], 'PMX_NOTHING_TO_SET'],
    [['vm', 'set', 'web-01', '--set', 'corez=1'], 'PMX_INVALID_GUEST_OPTION'],
    [['vm', 'set', 'web-01', '--set', 'cores=0'], 'PMX_INVALID_GUEST_OPTION'],
    [['vm', 'set', 'web-01', '--set', 'cipassword=x'], 'PMX_SECRET_IN_ARGUMENTS'],
    [['vm', 'set', '*', '--name', 'same'], 'PMX_ONE_GUEST_ONLY'],
    [['vm', 'rename', 'web-01', 'a_b'], 'PMX_INVALID_NAME'],
    [['vm', 'tag', 'web-01'], 'PMX_NOTHING_TO_SET'],
    [['vm', 'tag', 'web-01', '+a/b'], 'PMX_INVALID_TAG'],
  ] as Array<[string[], string]>) {
    it(`${args.join(' ')}: ${code}, and nothing is changed`, async () => {
      const outcome = await quietly(() => lab.pmx([...args, '--json']));
      expect(outcome.code).to.equal(1);
      expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', code);
    });
  }
});
