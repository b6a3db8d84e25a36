import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { Lab, type Outcome } from './support.ts';

const examples = fileURLToPath(new URL('../../docs/examples/', import.meta.url));

/** A registry of npm with packages of its own, on this machine. */
class Registry {
  readonly #server: Server;
  readonly #packages = new Map<string, Array<{ about: Record<string, unknown>; bytes: Buffer }>>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Registry> {
    const server = createServer();
    const registry = new Registry(server);
    server.on('request', (request, response) => {
      const [, name = '', version] = /^\/([^/?]+)(?:\/-\/(.+)\.tgz)?/.exec(request.url!) ?? [];
      const versions = registry.#packages.get(decodeURIComponent(name)) ?? [];
      const found = versions.find(({ about }) => about['version'] === version);
      if (found) return void response.end(found.bytes);
      if (versions.length === 0) response.statusCode = 404;
      response.setHeader('content-type', 'application/json');
      const all = versions.map(({ about, bytes }) => [
        about['version'],
        {
          ...about,
          dist: {
            tarball: `${registry.url}${name}/-/${String(about['version'])}.tgz`,
            integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
          },
        },
      ]);
      const latest = versions.at(-1)?.about['version'];
      const body = { name, 'dist-tags': { latest }, versions: Object.fromEntries(all) };
      response.end(JSON.stringify(body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  publish(about: Record<string, unknown>, tarball: string): void {
    const name = String(about['name']);
    const before = this.#packages.get(name) ?? [];
    this.#packages.set(name, [...before, { about, bytes: readFileSync(tarball) }]);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('plugins of others', function () {
  this.timeout(60_000);
  let lab: Lab;
  let registry: Registry;

  before(async () => {
    lab = await Lab.start();
    registry = await Registry.start();
    lab.cleanups.push(() => registry.stop());
    await lab.json('config', 'set', 'pluginRegistry', registry.url);
    await lab.json('vm', 'create', 'web-01', '--empty');
    for (const name of ['hello', 'note'])
      cpSync(`${examples}pmx-plugin-${name}`, lab.file(name), { recursive: true });
  });

  after(() => lab.stop());

  type About = Record<string, unknown>;

  /** As `npm pack` does it. */
  function packed(folder: string): string {
    const { version } = aboutOf(folder);
    const path = lab.file(`${folder}-${String(version)}.tgz`);
    const change = `s,^${folder},package,`;
    spawnSync('tar', ['czf', path, '-C', lab.path, '--transform', change, folder]);
    return path;
  }

  function aboutOf(folder: string): About {
    return JSON.parse(readFileSync(lab.file(`${folder}/package.json`), 'utf8')) as About;
  }

  function change(folder: string, fields: About): void {
    const about = { ...aboutOf(folder), ...fields };
    writeFileSync(lab.file(`${folder}/package.json`), JSON.stringify(about));
  }

  /** A plugin with a command of its own, below its name. */
  function write(name: string, code: string, fields: About = {}): string {
    mkdirSync(lab.file(`${name}/commands`), { recursive: true });
    const about = { name, version: '1.0.0', type: 'module', oclif: { commands: './commands' } };
    writeFileSync(lab.file(`${name}/package.json`), JSON.stringify({ ...about, ...fields }));
    writeFileSync(lab.file(`${name}/commands/${name}.js`), code);
    return lab.file(name);
  }

  const works = `import { ShowCommand } from '@pmx-cli/kit';
export default class extends ShowCommand {
  static summary = 'Works.';
  async show() { return { works: true }; }
  view() { this.output.print('It works.'); }
}`;

  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.code, outcome.stdout + outcome.stderr).to.equal(0);
    return outcome;
  };

  /** Every other command works, and says of plugins what `expected` says, in one line. */
  async function others(expected?: RegExp): Promise<void> {
    const { stdout, stderr } = ok(await lab.pmx(['vm', 'list']));
    expect(stdout).to.include('web-01');
    if (expected) expect(stderr).to.match(expected);
    expect(stderr.split('\n').filter((line) => line !== '')).to.have.length(expected ? 1 : 0);
  }

  describe('from a file, without a network', () => {
    it('what it adds is shown, by inspect and by a dry run, and nothing is installed', async () => {
      const file = packed('note');
      for (const words of [['inspect'], ['install', '--dry-run']]) {
        const { stdout } = ok(await lab.pmx(['plugins', ...words, file]));
        expect(stdout).to.include('note list').and.to.include('VM.Config.Options');
        expect(stdout).to.include('pmx:plan').and.to.include('plugins.note.keep');
      }
      expect(await lab.json('plugins', 'list')).to.deep.equal([]);
    });

    it('nobody is asked without a terminal, so it is not installed without --yes', async () => {
      const { code, stderr } = await lab.pmx(['plugins', 'install', packed('note')]);
      expect(code).to.equal(1);
      expect(stderr).to.include('PMX_CONFIRMATION_NEEDED').and.to.include('with your rights');
    });

    it('is installed with --yes; its commands, help and settings are there', async () => {
      for (const name of ['hello', 'note'])
        ok(await lab.pmx(['plugins', 'install', packed(name), '--yes']));
      expect(ok(await lab.pmx(['hello', 'Ann'])).stdout).to.equal('Hello, Ann!\n');
      ok(await lab.pmx(['config', 'set', 'plugins.hello.greeting', 'Good morning']));
      expect(ok(await lab.pmx(['hello', 'Ann'])).stdout).to.equal('Good morning, Ann!\n');
      expect(await lab.json('config', 'get', 'plugins.hello.greeting')).to.include({
        value: 'Good morning',
      });
      const wrong = await lab.pmx(['config', 'set', 'plugins.hello.greting', 'x']);
      expect(wrong.code).to.equal(1);
      expect(wrong.stderr).to.include('plugins.hello.greeting');
      expect(ok(await lab.pmx(['note', '--help'])).stdout).to.include('Write the note of a VM');
      await others();
    });

    it('lists, dry-runs, changes, and what it changed is undone', async () => {
      const writes = lab.writes();
      const dry = ok(await lab.pmx(['note', 'set', 'web-01', 'keep', '--dry-run']));
      expect(dry.stdout).to.include('Put the description back');
      expect(lab.writes()).to.equal(writes);
      await lab.json('note', 'set', 'web-01', 'of Ann');
      expect(await lab.json('note', 'show', 'web-01')).to.include({ note: 'of Ann' });
      ok(await lab.pmx(['undo', '--yes']));
      expect(await lab.json('note', 'list')).to.deep.equal([]);
    });

    it('its hook stops a change of pmx itself, as its setting says', async () => {
      await lab.json('note', 'set', 'web-01', 'keep');
      for (const word of ['--yes', '--dry-run']) {
        const { code, stderr } = await lab.pmx(['vm', 'delete', 'web-01', word]);
        expect(code).to.equal(1);
        expect(stderr).to.include('PMX_VETOED').and.to.include('pmx-plugin-note');
      }
      await lab.json('config', 'set', 'plugins.note.keep', 'precious');
      ok(await lab.pmx(['vm', 'delete', 'web-01', '--dry-run']));
    });

    it('completes its commands and values at the prompt', async () => {
      expect((await lab.pmx(['complete', '--', 'note', 's'])).stdout).to.match(/^set\t.*\nshow\t/);
      for (;;) {
        const { stdout } = await lab.pmx(['complete', '--', 'note', 'set', 'web-01', '']);
        if (/^(?:keep|precious)\tNever delete this guest\n:values\n$/.test(stdout)) break;
        expect(stdout).to.equal(':values\n');
      }
    });

    it('goes, and pmx undo brings it back', async () => {
      ok(await lab.pmx(['plugins', 'uninstall', 'note']));
      expect((await lab.pmx(['note', 'list'])).stderr).to.include('PMX_COMMAND_NOT_FOUND');
      expect(ok(await lab.pmx(['hello'])).stdout).to.include('world');
      ok(await lab.pmx(['undo', '--yes']));
      ok(await lab.pmx(['note', 'list']));
      ok(await lab.pmx(['plugins', 'uninstall', 'hello']));
    });
  });

  describe('what may be installed', () => {
    it('from a registry, and updated from there', async () => {
      registry.publish(aboutOf('hello'), packed('hello'));
      ok(await lab.pmx(['plugins', 'install', 'pmx-plugin-hello', '--yes']));
      const [newest] = await lab.json<Array<{ result: About }>>('plugins', 'update', 'hello');
      expect(newest!.result).to.deep.include({ from: '1.0.0', changed: false });
      change('hello', { version: '1.1.0' });
      registry.publish(aboutOf('hello'), packed('hello'));
      ok(await lab.pmx(['plugins', 'update', 'hello', '--yes']));
      expect(ok(await lab.pmx(['plugins', 'list'])).stdout).to.match(/pmx-plugin-hello\s+1\.1\.0/);
      const missing = await lab.pmx(['plugins', 'install', 'pmx-plugin-nowhere', '--yes']);
      expect(missing.code).to.equal(1);
      expect(missing.stderr).to.include('PMX_PLUGIN_NOT_FOUND').and.to.not.include('at ');
    });

    it('what it needs is not there: the plugins are as they were', async () => {
      write('needy', works, { dependencies: { 'pmx-nowhere': '^1.0.0' } });
      const before = await lab.json('plugins', 'list');
      const { code, stderr } = await lab.pmx(['plugins', 'install', packed('needy'), '--yes']);
      expect(code).to.equal(1);
      expect(stderr).to.include('PMX_PLUGIN_NOT_FOUND').and.to.include('Cleaned up');
      expect(await lab.json('plugins', 'list')).to.deep.equal(before);
      await others();
    });

    it('only those that are allowed', async () => {
      const env = { PMX_PLUGIN_ALLOW: '@acme/*' };
      const { code, stderr } = await lab.pmx(['plugins', 'install', packed('hello'), '--yes'], {
        env,
      });
      expect(code).to.equal(1);
      expect(stderr).to.include('PMX_PLUGIN_NOT_ALLOWED');
    });

    it('install scripts are not run unless asked for', async () => {
      const scripts = {
        postinstall: `node -e "require('fs').writeFileSync('${lab.file('ran')}','')"`,
      };
      write('scripted', works, { scripts });
      const file = packed('scripted');
      const quiet = ok(await lab.pmx(['plugins', 'install', file, '--yes']));
      expect(quiet.stderr).to.match(/scripts, not run:\s+postinstall/);
      expect(() => readFileSync(lab.file('ran'))).to.throw('ENOENT');
      ok(await lab.pmx(['plugins', 'install', file, '--yes', '--allow-scripts']));
      readFileSync(lab.file('ran'));
      ok(await lab.pmx(['plugins', 'uninstall', 'scripted']));
    });
  });

  describe('linked', () => {
    it('one without a manifest is looked up once, and again when it changes', async () => {
      const folder = write('linked', works);
      ok(await lab.pmx(['plugins', 'link', folder, '--yes']));
      const { stdout, stderr } = ok(await lab.pmx(['linked']));
      expect(stdout + stderr).to.equal('It works.\n');
      writeFileSync(join(folder, 'commands/second.js'), works);
      await others(/linked were looked up/);
      await others();
      expect(await lab.json('second')).to.deep.equal({ works: true });
    });

    it('one that needs a newer pmx says so with exit code 1; the others work', async () => {
      change('linked', { peerDependencies: { '@pmx-cli/kit': '^9.1.0' } });
      const { code, stderr } = await lab.pmx(['linked']);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.include('needs pmx >= 9.1.0').and.to.include('PMX_PLUGIN_INCOMPATIBLE');
      await others(/Warning: Plugin linked is left out: it needs pmx >= 9.1.0/);
      const again = await lab.pmx(['plugins', 'link', lab.file('linked'), '--yes']);
      expect(again.code).to.equal(1);
      expect(again.stderr).to.include('needs pmx >= 9.1.0');
    });

    it('one whose code fails, or ends its process, is told when it is used', async () => {
      change('linked', { peerDependencies: {} });
      for (const code of [
        `import 'no-such-package';`,
        'process.exit(3);',
        'throw new Error("no");',
      ]) {
        writeFileSync(lab.file('linked/commands/linked.js'), code);
        await lab.pmx(['vm', 'list']);
        const { code: exit, stderr } = await lab.pmx(['linked']);
        expect(exit, stderr).to.be.oneOf([1, 2]);
        expect(stderr)
          .to.include('linked')
          .and.to.not.match(/\n\s+at /);
      }
    });

    it('one whose folder is gone costs one line; PMX_NO_PLUGINS none', async () => {
      rmSync(lab.file('linked'), { recursive: true });
      await others(/Warning: Plugin linked is left out/);
      expect(ok(await lab.pmx(['vm', 'list'], { env: { PMX_NO_PLUGINS: '1' } })).stderr).to.equal(
        '',
      );
      expect(ok(await lab.pmx(['plugins', 'list'])).stdout).to.match(/linked.*broken/);
      ok(await lab.pmx(['plugins', 'uninstall', 'linked']));
      await others();
    });
  });

  describe('beside installed ones', () => {
    it('pmx plugins new writes one whose tests pass, and which works', async () => {
      const { folder } = await lab.json<{ folder: string }>('plugins', 'new', '@acme/memo');
      const env = lab.env();
      const tests = spawnSync(process.execPath, ['--test'], { cwd: folder, env, encoding: 'utf8' });
      expect(tests.status, tests.stdout + tests.stderr).to.equal(0);
      expect(tests.stdout).to.match(/pass 8/);
      ok(await lab.pmx(['plugins', 'link', folder, '--yes']));
      await lab.json('memo', 'set', 'web-01', 'written');
      expect(await lab.json('memo', 'list')).to.have.length(1);
    });

    it('programs pmx-NAME on PATH are commands; they get the context, not its secret', async () => {
      const folder = lab.file('bin');
      mkdirSync(folder);
      writeFileSync(join(folder, 'pmx-my-tool'), '#!/bin/sh\necho "$*"; env; exit 7\n');
      chmodSync(join(folder, 'pmx-my-tool'), 0o755);
      const env = { PATH: `${folder}:${process.env['PATH']}` };
      const { code, stdout } = await lab.pmx(['my', 'tool', 'a', '--flag', 'b c'], { env });
      expect(code).to.equal(7);
      expect(stdout).to.include('a --flag b c').and.to.include('PMX_CONTEXT=sandbox');
      expect(stdout).to.include(`PMX_ENDPOINT=${lab.server()[1]}`).and.to.include('PMX_BIN=');
      expect(stdout).to.not.include(lab.secret());
      const off = await lab.pmx(['my', 'tool'], { env: { ...env, PMX_PLUGIN_PROGRAMS: 'false' } });
      expect(off.code).to.equal(1);
      expect(off.stderr).to.include('PMX_COMMAND_NOT_FOUND');
    });

    it('what is not there is suggested: a command of Proxmox VE, or a plugin', async () => {
      expect((await lab.pmx(['qm', 'list'])).stderr).to.include('pmx vm');
      const env = { PMX_PLUGIN_SUGGESTIONS: '{"ceph": "@acme/ceph"}' };
      const { code, stderr } = await lab.pmx(['ceph', 'status'], { env });
      expect(code).to.equal(1);
      expect(stderr).to.include('pmx plugins install @acme/ceph');
    });
  });
});
