import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { exclusively } from '#dist/lib/operations/engine/takeover.js';

const id = '20261120-104233-k3f9a';

/** A pid that no process has any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  const { pid } = child;
  await new Promise((resolve) => child.once('exit', resolve));
  return pid!;
}

describe('taking an operation up', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'pmx-takeover-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  const lockFile = (): string => join(directory, `${id}.lock`);
  const refusal = (): { code: string; message: string } => {
    try {
      exclusively(directory, id, () => undefined);
    } catch (error) {
      return error as { code: string; message: string };
    }
    throw new Error('it was taken up');
  };

  it('holds a lock that names this process, and leaves none behind', () => {
    const owner = exclusively(
      directory,
      id,
      () => JSON.parse(readFileSync(lockFile(), 'utf8')) as object,
    );
    expect(owner).to.include({ pid: process.pid, host: hostname() });
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('leaves none behind when the operation is refused', () => {
    expect(() =>
      exclusively(directory, id, () => {
        throw new Error('ended');
      }),
    ).to.throw('ended');
    expect(existsSync(lockFile())).to.equal(false);
  });

  it('refuses while another holds it, and says who', () => {
    exclusively(directory, id, () => {
      expect(refusal())
        .to.include({ code: 'PMX_OPERATION_RUNNING' })
        .and.property('message')
        .includes(`process ${process.pid} on ${hostname()}`);
    });
  });

  it('counts a process of another machine as alive', () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: 'elsewhere' }));
    expect(refusal().message).to.include('process 1 on elsewhere');
  });

  it('takes over the lock of a process that is gone', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: await deadPid(), host: hostname() }));
    expect(exclusively(directory, id, () => 'done')).to.equal('done');
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('gives a lock that is just being written its time, not for ever', () => {
    writeFileSync(lockFile(), '');
    expect(refusal().message).to.include('another process');
    const old = Date.now() / 1000 - 60;
    utimesSync(lockFile(), old, old);
    expect(exclusively(directory, id, () => 'done')).to.equal('done');
  });

  for (const stale of [false, true]) {
    it(`of eight processes at once no two are inside${stale ? ', also over a dead lock' : ''}`, async function () {
      this.timeout(30_000);
      if (stale)
        writeFileSync(lockFile(), JSON.stringify({ pid: await deadPid(), host: hostname() }));
      const module = new URL(import.meta.resolve('#dist/lib/operations/engine/takeover.js'));
      const inside = join(directory, 'inside');
      const program = `
        import { closeSync, openSync, rmSync } from 'node:fs';
        import { exclusively } from ${JSON.stringify(module.href)};
        process.stdin.once('data', () => {
          try {
            exclusively(${JSON.stringify(directory)}, ${JSON.stringify(id)}, () => {
              closeSync(openSync(${JSON.stringify(inside)}, 'wx'));
              Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
              rmSync(${JSON.stringify(inside)});
            });
            console.log('done');
          } catch (error) {
            console.log(error.code);
          }
          process.exit();
        });
        console.log('ready');`;
      const children = Array.from({ length: 8 }, () =>
        spawn(process.execPath, ['--input-type=module', '-e', program]),
      );
      const said = children.map((child) => {
        let text = '';
        child.stdout.on('data', (data: Buffer) => (text += data.toString()));
        return new Promise<string>((resolve) => child.on('close', () => resolve(text)));
      });
      await Promise.all(
        children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))),
      );
      for (const child of children) child.stdin.write('go\n');
      const answers = (await Promise.all(said)).map((text) => text.trim().split('\n').at(-1));
      expect(answers).to.include('done');
      expect(answers.filter((answer) => answer !== 'done')).to.satisfy((others: string[]) =>
        others.every((answer) => answer === 'PMX_OPERATION_RUNNING'),
      );
      expect(readdirSync(directory)).to.deep.equal([]);
    });
  }
});
