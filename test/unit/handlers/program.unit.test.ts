import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import {
  programDiscard,
  programFetch,
  programSwitch,
} from '#dist/lib/operations/engine/handlers/program.js';

import { makeRelease } from '../../e2e/standalone.ts';
import { Publisher } from '../catalog/publisher.ts';
import { FakePve } from '../engine/fake-pve.ts';
import { contextFor } from './context.ts';

describe('steps that change pmx itself', function () {
  if (process.platform === 'win32') return;
  let folder: string;
  let root: string;
  let publisher: Publisher;
  const context = () => contextFor(new FakePve());

  before(async () => {
    publisher = await Publisher.start();
  });

  after(() => publisher.stop());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-program-'));
    root = join(folder, 'pmx');
    have('0.1.0');
    symlinkSync('versions/0.1.0', join(root, 'lib'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function have(version: string): void {
    const own = join(root, 'versions', version, 'node_modules/pmx-cli');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'package.json'), JSON.stringify({ version }));
  }

  function offered(change?: (place: string) => void) {
    const { file, archive, sums } = makeRelease(
      mkdtempSync(join(folder, 'release-')),
      '9.1.0',
      change,
    );
    publisher.put(`/${file}`, archive);
    return { root, version: '9.1.0', url: `${publisher.base}/${file}`, sha256: sums.slice(0, 64) };
  }

  const versions = (): string[] => readdirSync(join(root, 'versions')).sort();
  const inUse = (): string => readlinkSync(join(root, 'lib'));
  const codeOf = (job: Promise<unknown>): Promise<string> =>
    job.then(
      () => 'none',
      (error: { code: string }) => error.code,
    );

  it('a version is there when it was downloaded, checked and tried, and only then', async () => {
    const args = offered();
    mkdirSync(join(root, 'versions/.new-of-a-process-that-was-killed'));
    const stepContext = context();
    expect(await programFetch.recover(args, stepContext)).to.equal(undefined);
    await programFetch.run(args, stepContext);
    expect(versions()).to.deep.equal(['0.1.0', '9.1.0']);
    expect(inUse()).to.equal('versions/0.1.0');
    expect(stepContext.reports).to.include.members(['100 %', 'unpacking', 'trying it']);
    expect(await programFetch.recover(args, stepContext)).to.deep.equal({ version: '9.1.0' });
    publisher.clear();
    await programFetch.run(args, stepContext);
    expect(publisher.asked).to.deep.equal([]);
  });

  it('nothing of what is wrong stays', async () => {
    const args = offered();
    const run = (more: object): Promise<string> =>
      codeOf(programFetch.run({ ...args, ...more }, context()));
    expect(await run({ sha256: '0'.repeat(64) })).to.equal('PMX_CHECKSUM_MISMATCH');
    expect(await run({ version: '9.2.0' })).to.equal('PMX_UPDATE_FAILED');
    expect(await run({ url: `${publisher.base}/nowhere` })).to.equal('PMX_UPDATE_UNREACHABLE');
    const mute = offered((place) => writeFileSync(join(place, 'node/node'), '#!/bin/sh\n'));
    expect(await codeOf(programFetch.run(mute, context()))).to.equal('PMX_UPDATE_BROKEN');
    expect(versions()).to.deep.equal(['0.1.0']);
  });

  it('Ctrl-C is an interruption, whatever it breaks', async () => {
    const args = offered();
    const stopped = context();
    stopped.stop.abort();
    expect(await codeOf(programFetch.run(args, stopped))).to.equal('PMX_INTERRUPTED');
    expect(versions()).to.deep.equal(['0.1.0']);
  });

  it('of two at once the second is told', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    await once(other, 'spawn');
    try {
      const owner = { pid: other.pid, host: hostname() };
      writeFileSync(join(root, 'versions/.lock'), JSON.stringify(owner));
      const args = { root, from: '0.1.0', to: '0.1.0', remember: false };
      expect(await codeOf(programSwitch.run(args, context()))).to.equal('PMX_UPDATE_RUNNING');
    } finally {
      other.kill();
    }
  });

  it('a switch notes what it replaced, and takes away what is older', async () => {
    have('9.1.0');
    have('0.0.1');
    const args = { root, from: '0.1.0', to: '9.1.0', remember: true };
    expect(await programSwitch.recover(args, context())).to.equal(undefined);
    await programSwitch.run(args, context());
    await programSwitch.run(args, context());
    expect(inUse()).to.equal('versions/9.1.0');
    expect(readFileSync(join(root, 'versions/9.1.0/previous'), 'utf8')).to.equal('0.1.0\n');
    expect(versions()).to.deep.equal(['0.1.0', '9.1.0']);
    expect(await programSwitch.recover(args, context())).to.deep.equal({ version: '9.1.0' });
    const back = { root, from: '9.1.0', to: '0.1.0', remember: false };
    await programSwitch.run(back, context());
    expect(inUse()).to.equal('versions/0.1.0');
    expect(existsSync(join(root, 'versions/0.1.0/previous'))).to.equal(false);
    expect(readdirSync(root).sort()).to.deep.equal(['lib', 'versions']);
  });

  it('a switch from or to what is not there any more changes nothing', async () => {
    have('9.1.0');
    const run = (from: string, to: string): Promise<string> =>
      codeOf(programSwitch.run({ root, from, to, remember: true }, context()));
    expect(await run('0.0.9', '9.1.0')).to.equal('PMX_UPDATE_CHANGED');
    expect(await run('0.1.0', '9.9.9')).to.equal('PMX_UPDATE_CHANGED');
    expect(inUse()).to.equal('versions/0.1.0');
  });

  it('what is in use, or what something runs from, is not discarded', async () => {
    have('9.1.0');
    have('9.2.0');
    const script = join(root, 'versions/9.2.0/run.js');
    writeFileSync(script, 'console.log("up"); setInterval(() => 0, 1000)');
    const running = spawn(process.execPath, [script]);
    try {
      await once(running.stdout, 'data');
      for (const version of ['0.1.0', '9.1.0', '9.2.0'])
        await programDiscard.run({ root, version }, context());
      if (existsSync('/proc')) expect(versions()).to.deep.equal(['0.1.0', '9.2.0']);
    } finally {
      running.kill();
    }
  });
});
