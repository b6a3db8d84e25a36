import { pluginShortName } from '@pmx-cli/kit';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';
import { pack } from 'tar-stream';

import { factLines, factsOf, readTarball } from '#dist/lib/operations/plugins/facts.js';
import { isFile, isUpdatable } from '#dist/lib/operations/plugins/fetch.js';
import { refuseNotAllowed } from '#dist/lib/operations/plugins/install.js';
import { npmError } from '#dist/lib/operations/plugins/npm.js';

const about = {
  name: '@acme/pmx-plugin-note',
  version: '1.2.0',
  description: 'Notes.',
  scripts: { postinstall: 'node evil.js', test: 'node --test' },
  dependencies: { left: '^1.0.0' },
  peerDependencies: { '@pmx-cli/kit': '^0.1.0' },
  oclif: {
    commands: { strategy: 'pattern', target: './dist/commands' },
    hooks: { 'pmx:plan': './dist/hooks/plan', init: './dist/hooks/init' },
  },
  pmx: {
    permissions: { 'VM.Audit': 'reads notes' },
    settings: { color: { type: 'string', description: 'Colour.' } },
  },
};

describe('what a plugin adds', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pmx-facts-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function tarball(files: Record<string, string>): Promise<string> {
    const tar = pack();
    for (const [name, text] of Object.entries(files)) tar.entry({ name: `package/${name}` }, text);
    tar.finalize();
    const path = join(folder, 'x.tgz');
    writeFileSync(path, gzipSync(await buffer(tar)));
    return path;
  }

  it('is told from the package alone', async () => {
    const path = await tarball({
      'package.json': JSON.stringify(about),
      'dist/commands/note/list.js': '',
      'dist/commands/note/list.d.ts': '',
      'dist/commands/note/index.js': '',
      'dist/commands/vm/list.js': '',
      'dist/hooks/plan.js': '',
    });
    const facts = factsOf(await readTarball(path), new Set(['vm:list']));
    expect(facts).to.deep.include({
      commands: ['note', 'note list', 'vm list'],
      taken: ['vm list'],
      hooks: ['pmx:plan'],
      ignoredHooks: ['init'],
      settings: ['plugins.note.color'],
      dependencies: ['left'],
      scripts: ['postinstall'],
      misfit: null,
    });
    const text = factLines(facts).join('\n');
    expect(text).to.include('VM.Audit (reads notes)').and.to.include('may stop it');
    expect(text).to.match(/scripts, not run:\s+postinstall/);
    expect(factLines(facts, { scripts: true }).join('\n')).to.match(/runs scripts:\s+postinstall/);
  });

  it('believes a manifest that comes along', async () => {
    const manifest = { version: '1.2.0', commands: { 'note:add': { id: 'note:add' } } };
    const path = await tarball({
      'package.json': JSON.stringify(about),
      'oclif.manifest.json': JSON.stringify(manifest),
    });
    expect(factsOf(await readTarball(path), new Set()).commands).to.deep.equal(['note add']);
  });

  const bad: Array<[title: string, files: Record<string, string>, says: RegExp]> = [
    ['nothing in it', {}, /no package.json/],
    ['no section oclif', { 'package.json': '{"name":"x","version":"1.0.0"}' }, /"oclif"/],
    ['a name that is a path', { 'package.json': '{"name":"../x","version":"1"}' }, /proper name/],
    ['no JSON', { 'package.json': '{' }, /JSON/],
  ];
  for (const [title, files, says] of bad)
    it(`refuses a package with ${title}`, async () => {
      const error = await readTarball(await tarball(files)).catch((thrown: Error) => thrown);
      expect(error).to.be.an('error');
      expect((error as Error).message).to.match(says);
    });

  it('refuses a file that is no package', async () => {
    const path = join(folder, 'x.tgz');
    writeFileSync(path, 'hello');
    expect(await readTarball(path).catch((thrown: Error) => thrown)).to.be.an('error');
  });
});

describe('words for plugins', () => {
  it('short names', () => {
    expect(pluginShortName('pmx-plugin-hello')).to.equal('hello');
    expect(pluginShortName('@acme/pmx-plugin-hello')).to.equal('hello');
    expect(pluginShortName('@pmx-cli/plugin-sandbox')).to.equal('sandbox');
    expect(pluginShortName('hello')).to.equal('hello');
  });

  it('where a package is', () => {
    for (const file of ['./x.tgz', '/a/x.tgz', '../x', 'file:x.tgz', 'x.tgz'])
      expect(isFile(file), file).to.equal(true);
    for (const name of ['x', '@a/x', 'x@1.0.0', 'https://example.org/x.tgz'])
      expect(isFile(name), name).to.equal(false);
    expect(isUpdatable('x@latest')).to.equal(true);
    expect(isUpdatable('https://example.org/x.tgz')).to.equal(false);
  });

  const allowed: Array<[name: string, patterns: string[] | undefined, may: boolean]> = [
    ['x', undefined, true],
    ['x', ['x'], true],
    ['xy', ['x'], false],
    ['@acme/x', ['@acme/*'], true],
    ['@evil/x', ['@acme/*'], false],
    ['@acme/x', ['*'], false],
    ['pmx-plugin-a', ['pmx-plugin-*'], true],
    ['pmxxplugin-a', ['pmx.plugin-a'], false],
  ];
  for (const [name, patterns, may] of allowed)
    it(`${name} is ${may ? '' : 'not '}let in by ${String(patterns)}`, () => {
      const attempt = () => refuseNotAllowed(name, patterns);
      if (may) attempt();
      else expect(attempt).to.throw().with.property('code', 'PMX_PLUGIN_NOT_ALLOWED');
    });
});

describe('errors of npm', () => {
  const table: Array<[stderr: string, code: string, exit: number, says: string]> = [
    [
      "npm error code E404\nnpm error 404 Not Found - GET http://127.0.0.1:1/x - not found\nnpm error 404\nnpm error 404  'x@*' is not in this registry.",
      'PMX_PLUGIN_NOT_FOUND',
      1,
      'Not Found',
    ],
    [
      'npm error code ETARGET\nnpm error notarget No matching version found for x@9.',
      'PMX_PLUGIN_NOT_FOUND',
      1,
      'No matching version found for x@9',
    ],
    [
      'npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error errno ECONNREFUSED\nnpm error FetchError: request to http://127.0.0.1:1/x failed\nnpm error     at ClientRequest.<anonymous> (/x/y.js:1:1)',
      'PMX_NPM_FAILED',
      2,
      'request to http://127.0.0.1:1/x failed',
    ],
    ['', 'PMX_NPM_FAILED', 2, 'code 7'],
  ];
  for (const [stderr, code, exitCode, says] of table)
    it(`${code}: ${says}`, () => {
      const error = npmError(stderr, 7);
      expect(error).to.include({ code, exitCode });
      expect(error.message)
        .to.include(says)
        .and.to.not.match(/\bat ClientRequest|\n/);
    });
});
