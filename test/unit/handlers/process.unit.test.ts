import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { ProcessSpawnArgs } from '@pmx-cli/kit';
import { expect } from 'chai';

import { processSpawn, processStop } from '#dist/lib/operations/engine/handlers/process.js';
import { sleep } from '#dist/lib/operations/engine/retry.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { contextFor, type TestContext } from './context.ts';

describe('processes', function () {
  this.timeout(15_000);
  const folder = useFolder();
  const pids: number[] = [];
  afterEach(() => {
    for (const pid of pids.splice(0)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended, as it should.
      }
    }
  });

  const context = (): TestContext => contextFor(new FakePve(), { port: 7 }, { sleep });
  const isThere = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  /** A busy machine takes its time to bury a process. */
  async function gone(pid: number): Promise<void> {
    for (let tries = 0; isThere(pid) && tries < 500; tries++) await delay(10);
    expect(isThere(pid)).to.equal(false);
  }

  /** A module that tells its pid first, then does what is asked. */
  function args(body: string, timeoutSeconds = 5): ProcessSpawnArgs {
    const readyFile = folder.file('ready.json');
    const module = folder.put(
      'service.mjs',
      `import fs from 'node:fs';
       fs.writeFileSync(${JSON.stringify(folder.file('pid'))}, String(process.pid));
       const ready = () => fs.writeFileSync(${JSON.stringify(readyFile)}, JSON.stringify({ pid: process.pid, port: process.env.PORT }));
       ${body}`,
    );
    return {
      module,
      env: { PORT: { $var: 'port' } as never },
      readyFile,
      logFile: folder.file('logs/service.log'),
      timeoutSeconds,
    };
  }

  async function pidOf(): Promise<number> {
    while (!existsSync(folder.file('pid')) || readFileSync(folder.file('pid'), 'utf8') === '')
      await delay(10);
    const pid = Number(readFileSync(folder.file('pid'), 'utf8'));
    pids.push(pid);
    return pid;
  }

  const serve = 'setInterval(() => {}, 1000);';

  it('starts one, waits until it is ready, and can stop it', async () => {
    const given = args(`ready(); ${serve}`);
    const result = await processSpawn.run(given, context());
    const pid = await pidOf();
    expect(result).to.deep.equal({ pid, port: '7' });
    expect(statSync(given.logFile).mode & 0o777).to.equal(0o600);
    expect(await processSpawn.recover(given, context())).to.deep.equal(result);
    expect(
      await processStop.run({ readyFile: given.readyFile, timeoutSeconds: 5 }, context()),
    ).to.deep.equal({ stopped: true });
    expect(isThere(pid)).to.equal(false);
    expect(existsSync(given.readyFile)).to.equal(false);
    expect(await processSpawn.recover(given, context())).to.equal(undefined);
  });

  it('does not take the ready file of an earlier one for its own', async () => {
    const old = spawn(process.execPath, ['-e', serve]);
    pids.push(old.pid!);
    const given = args(`setTimeout(ready, 300); ${serve}`);
    writeFileSync(given.readyFile, JSON.stringify({ pid: old.pid }));
    const result = await processSpawn.run(given, context());
    expect(result['pid']).to.equal(await pidOf());
  });

  it('says at once when it ended early, with the end of its log', async () => {
    const error = await failure(() =>
      processSpawn.run(
        args(`for (let i = 1; i < 9; i++) console.error('line ' + i); process.exitCode = 3;`),
        context(),
      ),
    );
    expect(error).to.include({ code: 'PMX_PROCESS_FAILED', exitCode: 2 });
    expect(error.message).to.include('code 3');
    expect(error.hints.slice(0, 5)).to.deep.equal(
      [4, 5, 6, 7, 8].map((number) => `line ${number}`),
    );
    expect(error.hints.at(-1)).to.include('service.log');
  });

  it('kills what does not become ready in time', async () => {
    const running = failure(() => processSpawn.run(args(serve, 1), context()));
    const pid = await pidOf();
    const error = await running;
    expect(error.code).to.equal('PMX_PROCESS_FAILED');
    expect(error.message).to.include('within 1 s');
    await gone(pid);
  });

  for (const [what, body] of [
    ['one that obeys', serve],
    ['one that is deaf to SIGTERM', `process.on('SIGTERM', () => {}); ${serve}`],
  ] as const) {
    it(`an interrupt ends ${what} before it leaves, for undo would not find it`, async () => {
      const given = context();
      const running = failure(() => processSpawn.run(args(body, 10), given));
      const pid = await pidOf();
      await delay(100);
      given.stop.abort();
      expect((await running).exitCode).to.equal(130);
      await gone(pid);
    });
  }

  it('stop: nothing to do without a process', async () => {
    const readyFile = folder.file('ready.json');
    expect(await processStop.run({ readyFile, timeoutSeconds: 1 }, context())).to.deep.equal({
      stopped: false,
    });
    const child = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => child.on('exit', resolve));
    writeFileSync(readyFile, JSON.stringify({ pid: child.pid }));
    expect(await processStop.run({ readyFile, timeoutSeconds: 1 }, context())).to.deep.equal({
      stopped: false,
    });
  });

  it('stop: waits for the process, not only for its ready file to go', async () => {
    const given = args(
      `process.on('SIGTERM', () => { fs.rmSync(${JSON.stringify(folder.file('ready.json'))}); setTimeout(() => { fs.writeFileSync(${JSON.stringify(folder.file('last'))}, ''); process.exit(); }, 400); }); ready(); ${serve}`,
    );
    await processSpawn.run(given, context());
    await pidOf();
    await processStop.run({ readyFile: given.readyFile, timeoutSeconds: 5 }, context());
    expect(existsSync(folder.file('last'))).to.equal(true);
  });

  it('stop: kills what is deaf', async () => {
    const given = args(`process.on('SIGTERM', () => {}); ready(); ${serve}`);
    await processSpawn.run(given, context());
    const pid = await pidOf();
    await processStop.run({ readyFile: given.readyFile, timeoutSeconds: 0.3 }, context());
    expect(isThere(pid)).to.equal(false);
  });

  it('gives secrets to the process, and to nobody else', async () => {
    const given = {
      ...args(`console.log(process.env.TOKEN.length); ready(); ${serve}`),
      env: { TOKEN: { $secret: 'token' } as never },
    };
    expect(JSON.stringify(await processSpawn.run(given, context()))).not.to.include(
      'secret of token',
    );
    await pidOf();
    expect(readFileSync(given.logFile, 'utf8')).to.equal(`${'secret of token'.length}\n`);
  });
});
