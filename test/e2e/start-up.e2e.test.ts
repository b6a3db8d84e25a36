import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { bin, Home, type Outcome, outcomeOf } from './support.ts';

describe('start-up', () => {
  const home = new Home();

  after(() => home.remove());

  /** Not the cache that all tests share. */
  const own = { NODE_COMPILE_CACHE: '', PMX_HOME: '' };

  function cached(env: Record<string, string>): Promise<Outcome> {
    return home.pmx(['context', 'list', '--json'], { env: { ...own, HOME: home.path, ...env } });
  }

  it('keeps compiled code with the rest of its cache, from one start to the next', async () => {
    const cache = home.file('cache');
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await cached({ XDG_CACHE_HOME: cache });
      expect([code, stdout.trim(), stderr]).to.deep.equal([0, '[]', '']);
    }
    expect(readdirSync(join(cache, 'pmx', 'compiled'))).to.have.length(1);
  });

  const unusable: Array<[title: string, folder: () => string]> = [
    ['that cannot be made', () => '/proc/nowhere'],
    ['that is a file', () => home.file('plain')],
  ];
  for (const [title, folder] of unusable) {
    it(`starts with a cache folder ${title}`, async () => {
      writeFileSync(home.file('plain'), 'x');
      const { code, stdout, stderr } = await cached({ XDG_CACHE_HOME: folder() });
      expect([code, stdout.trim(), stderr]).to.deep.equal([0, '[]', '']);
    });
  }

  it('starts without HOME', async () => {
    const env = home.env({ ...own, XDG_CACHE_HOME: home.file('cache'), HOME: '' });
    delete env['HOME'];
    const child = spawn(process.execPath, [bin, 'context', 'list', '--json'], { env });
    const { code, stderr } = await outcomeOf(child);
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  for (const args of [['--version'], ['--help'], ['vm', 'list', '--help']]) {
    it(`pmx ${args.join(' ')} ends quietly when nobody reads it`, async () => {
      const child = home.spawn(args);
      child.stdout!.destroy();
      const { code, stderr } = await outcomeOf(child);
      expect([code, stderr]).to.deep.equal([0, '']);
    });
  }

  it('answers --version without its code', async () => {
    const cache = home.file('untouched');
    const child = home.spawn(['--version'], { env: { ...own, XDG_CACHE_HOME: cache } });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).to.equal(0);
    expect(existsSync(cache)).to.equal(false);
  });
});
