import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { endOrphans } from '../dist/server/engine/qemu/runtime.js';
import { startSandbox } from '../dist/server/index.js';
import { Bench, SECRET } from './helper.ts';

describe('choice of the engine', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pmx-engine-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('does not start, and changes nothing, when QEMU is missing', async () => {
    const dataDir = join(dir, 'data');
    const options = { dataDir, port: 0, nodes: 1, tokenSecret: SECRET };
    let text = '';
    try {
      await startSandbox({ ...options, engine: 'qemu', qemuBinary: join(dir, 'no-qemu') });
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).to.match(/^engine qemu needs .*no-qemu.*apt install qemu-system-x86 qemu-utils/);
    expect(existsSync(dataDir)).to.equal(false);
  });

  it('pretends guests with auto where QEMU is missing, and says so', async () => {
    const bench = await Bench.start({ engine: 'auto', qemuBinary: join(dir, 'no-qemu') });
    try {
      expect(bench.sandbox.engine).to.equal('sim');
      const { data } = await bench.get('/sandbox/status');
      expect(data).to.include({ engine: 'sim' }).and.to.not.have.property('accel');
      expect(data.diskTool).to.be.oneOf(['qemu-img', 'none']);
      expect(data.running).to.deep.equal([]);
    } finally {
      await bench.stop();
    }
  });

  it('refuses limits and engines that make no sense', async () => {
    for (const wrong of [{ engine: 'xen' as 'sim' }, { qemuMemoryMib: 0 }, { qemuCpus: 0 }]) {
      let failed = false;
      await Bench.start(wrong).catch(() => (failed = true));
      expect(failed, JSON.stringify(wrong)).to.equal(true);
    }
  });

  it('ends only those processes that a killed sandbox has left', async () => {
    const dataDir = join(dir, 'data');
    const runtime = join(dir, 'pmx-qemu-abc');
    await mkdir(join(dataDir, 'qemu'), { recursive: true });
    await mkdir(runtime);
    await writeFile(join(dataDir, 'qemu', 'runtime-dir'), `${runtime}\n`);
    const program = join(dir, 'sleeper');
    await writeFile(program, '#!/bin/sh\nread line\n');
    await chmod(program, 0o755);
    const start = (...args: string[]): { ended: Promise<unknown>; pid: number; kill(): void } => {
      const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
      const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
      return { ended, pid: child.pid!, kill: () => void child.kill('SIGKILL') };
    };
    const ours = start('-chardev', `socket,id=qmp,path=${runtime}/101.qmp,server=on`);
    const other = start('-chardev', `socket,id=qmp,path=${runtime}2/101.qmp,server=on`);
    // A shell script is itself only after its interpreter has been loaded.
    const loaded = async (pid: number): Promise<boolean> =>
      (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('qmp');
    while (!(await loaded(ours.pid)) || !(await loaded(other.pid))) await sleep(10);
    expect(await endOrphans(dataDir)).to.equal(1);
    expect(await ours.ended).to.equal('SIGKILL');
    expect(existsSync(runtime)).to.equal(false);
    expect((await stat(`/proc/${other.pid}`)).isDirectory()).to.equal(true);
    other.kill();
    await other.ended;
  });

  it('touches no directory that no sandbox can have made', async () => {
    const dataDir = join(dir, 'data');
    const precious = join(dir, 'precious');
    await mkdir(join(dataDir, 'qemu'), { recursive: true });
    await mkdir(precious);
    await writeFile(join(dataDir, 'qemu', 'runtime-dir'), `${precious}\n`);
    expect(await endOrphans(dataDir)).to.equal(0);
    expect(existsSync(precious)).to.equal(true);
  });
});
