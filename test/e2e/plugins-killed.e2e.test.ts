import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { Home, outcomeOf } from './support.ts';

const examples = fileURLToPath(new URL('../../docs/examples/', import.meta.url));

describe('a change of the plugins that is killed', function () {
  this.timeout(60_000);
  let home: Home;
  /** Takes every question and answers none. */
  let silent: Server;
  let asked = 0;

  before(async () => {
    home = new Home();
    silent = createServer(() => asked++);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    cpSync(`${examples}pmx-plugin-hello`, home.file('hello'), { recursive: true });
    mkdirSync(home.file('needy'));
    const about = { name: 'needy', version: '1.0.0', oclif: {}, dependencies: { nowhere: '1' } };
    writeFileSync(home.file('needy/package.json'), JSON.stringify(about));
    for (const name of ['hello', 'needy'])
      spawnSync('tar', ['czf', home.file(`${name}.tgz`), '-C', home.path, name]);
  });

  after(() => {
    silent.closeAllConnections();
    silent.close();
    home.remove();
  });

  const store = (): string => home.file('data/plugins');

  async function killedWhen(words: readonly string[], condition: () => boolean): Promise<void> {
    const env = {
      PMX_PLUGIN_REGISTRY: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`,
    };
    const child: ChildProcess = home.spawn(['plugins', ...words, '--yes'], { env });
    const ended = outcomeOf(child);
    while (child.exitCode === null && !condition()) await sleep(1);
    child.kill('SIGKILL');
    // Its npm lives on, and has the output.
    silent.closeAllConnections();
    await ended;
  }

  /** Every start works, and says nothing of plugins; what is installed can be used. */
  async function isWhole(): Promise<boolean> {
    const { code, stdout, stderr } = await home.pmx(['plugins', 'list', '--json']);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.equal('');
    const rows = JSON.parse(stdout) as Array<{ name: string; status: string }>;
    for (const { status } of rows) expect(status).to.equal('ok');
    const there = rows.some(({ name }) => name === 'pmx-plugin-hello');
    const said = await home.pmx(['hello']);
    if (there) expect(said).to.deep.equal({ code: 0, stdout: 'Hello, world!\n', stderr: '' });
    else expect(said.stderr).to.include('PMX_COMMAND_NOT_FOUND');
    return there;
  }

  async function changes(...words: string[]): Promise<void> {
    const { code, stderr } = await home.pmx(['plugins', ...words, '--yes']);
    expect(code, stderr).to.equal(0);
    await isWhole();
    expect(readdirSync(home.file('data')).filter((name) => /next|gone/.test(name))).to.deep.equal(
      [],
    );
  }

  const halfMade = (): string | undefined =>
    readdirSync(home.file('data')).find((name) => name.startsWith('plugins.next-'));

  it('while npm waits for a registry: as before', async () => {
    await changes('install', home.file('hello.tgz'));
    await killedWhen(['install', home.file('needy.tgz')], () => asked > 0);
    expect(halfMade()).to.be.a('string');
    expect(await isWhole()).to.equal(true);
  });

  const moments: Record<string, () => boolean> = {
    'with a copy that is not whole': () => halfMade() !== undefined,
    'with npm at work': () => existsSync(home.file(`data/${halfMade()}/package-lock.json`)),
    'at its end': () => existsSync(`${store()}.gone`) || !existsSync(store()),
  };
  for (const [when, condition] of Object.entries(moments)) {
    it(`uninstall and install, ${when}`, async () => {
      await killedWhen(['uninstall', 'hello'], condition);
      if (await isWhole()) await changes('uninstall', 'hello');
      await killedWhen(['install', home.file('hello.tgz')], condition);
      await isWhole();
      await changes('install', home.file('hello.tgz'));
    });
  }

  it('between the two renames at its end: as before', async () => {
    await changes('install', home.file('hello.tgz'));
    await changes('uninstall', 'hello');
    // As the kill leaves it: the old ones are put aside, the new ones are not in place yet.
    renameSync(store(), `${store()}.next-1`);
    expect(await isWhole()).to.equal(true);
    const { stdout } = await home.pmx(['complete', '--', 'hel']);
    expect(stdout).to.include('hello\t');
    await changes('uninstall', 'hello');
    expect(existsSync(join(store(), 'package.json'))).to.equal(true);
  });

  it('while it is taken back: op rollback goes on with it', async () => {
    await killedWhen(['install', home.file('hello.tgz')], () => halfMade() !== undefined);
    const open = await home.json<Array<{ id: string }>>('op', 'list', '--open');
    for (const { id } of open) {
      const { code, stderr } = await home.pmx(['op', 'rollback', id, '--yes']);
      expect(code, stderr).to.equal(0);
    }
    expect(halfMade()).to.equal(undefined);
    expect(await isWhole()).to.equal(false);
  });
});
