import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

const keeper = fileURLToPath(new URL('../../../dist/launch/kept-code.js', import.meta.url));

const modules: Record<string, string> = {
  'bin/run.cjs': `
    import(process.env.KEEPER).then(({ keepCode, sealKeptCode }) => {
      globalThis.seal = sealKeptCode;
      const load = keepCode({ inside: require('node:path').join(__dirname, '..', 'dist/'), build: process.env.BUILD });
      (load ?? require)('../dist/main.js')(process.argv[2]);
    });`,
  'dist/main.js': `
    module.exports = (name) => console.log(require('./commands/' + name + '.js')(require('./chunk.js')));`,
  'dist/chunk.js': `
    ${Array.from({ length: 40 }, (_, i) => `exports.f${i} = (x) => { const y = [x, ${i}]; return y.concat(y).map((z) => z * 2).join('-'); };`).join('\n')}`,
  'dist/commands/one.js': `module.exports = (chunk) => chunk.f1(1);`,
  'dist/commands/two.js': `module.exports = (chunk) => [${Array.from({ length: 30 }, (_, i) => `chunk.f${i}(2)`).join()}].length;`,
  'dist/commands/ways.js': `
    const { main } = require;
    const back = require('./circle.js');
    module.exports = () => JSON.stringify([
      require.resolve('../chunk.js') === require('node:path').join(__dirname, '..', 'chunk.js'),
      main.filename.endsWith('run.cjs'), require('../chunk.js') === require.cache[require.resolve('../chunk.js')].exports,
      back.seen, require('thing'), require('../data.json').x, this === module.exports, __filename.endsWith('ways.js'),
      module.loaded, module.parent.filename.endsWith('main.js'),
    ]);`,
  'dist/commands/circle.js': `exports.seen = typeof require('./ways.js');`,
  'dist/commands/later.js': `
    module.exports = () => {
      const load = require('../import.cjs');
      load('./beside.mjs').then(({ value }) => console.log(value));
      load('node:path').then((path) => console.log(path.basename('/x/thing')));
      return 'now';
    };`,
  'dist/commands/wrong.js': `
    const attempt = () => {
      try { require('../broken.js'); } catch (error) { return error.stack.split('\\n')[1]; }
    };
    module.exports = () => [attempt(), attempt()].map((line) => /broken\\.js:3:\\d+/.test(line)).join();`,
  'dist/commands/none.js': `
    module.exports = () => {
      try { require('../gone.js'); } catch (error) { return error.code; }
    };`,
  'dist/commands/flagged.js': `
    module.exports = () => {
      const flag = '--semi-space-growth-factor=1';
      globalThis.seal([flag]);
      require('node:v8').setFlagsFromString(flag);
      return require('../late.js');
    };`,
  'dist/broken.js': `
    // Line two.
    throw new Error('broken');`,
  'dist/late.js': `module.exports = 'late';`,
  'dist/import.cjs': `module.exports = (name) => import(name);`,
  'dist/beside.mjs': `export const value = 'beside';`,
  'dist/data.json': `{ "x": 7 }`,
  'node_modules/thing/index.js': `module.exports = 'thing';`,
};

describe('launch: code that is kept', function () {
  this.timeout(20_000);
  let root: string;
  let home: string;

  before(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'pmx-kept-')));
    for (const [path, code] of Object.entries(modules)) put(path, code);
  });

  beforeEach(() => {
    home = mkdtempSync(join(root, 'home-'));
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  function put(path: string, code: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), code);
  }

  function run(name: string, env: Record<string, string> = {}, args: string[] = []): string {
    const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, ...rest } = process.env;
    const { stdout, stderr, status, signal } = spawnSync(
      process.execPath,
      [...args, join(root, 'bin/run.cjs'), name],
      { encoding: 'utf8', env: { ...rest, PMX_HOME: home, KEEPER: keeper, BUILD: 'b1', ...env } },
    );
    expect([status, signal, stderr]).to.deep.equal([0, null, '']);
    return stdout.trim();
  }

  const compiled = (): string => join(home, 'cache', 'compiled');
  const folders = (): string[] => readdirSync(compiled()).filter((name) => /^pmx-/.test(name));
  const keptIn = (folder: string): string[] => readdirSync(join(compiled(), folder)).sort();
  const kept = (name: string): string => {
    expect(folders()).to.have.length(1);
    return join(compiled(), folders()[0]!, name);
  };
  const chunk = (): string => kept('chunk.js.code');
  const inode = (path: string): number => statSync(path).ino;

  it('keeps what ran, and takes it from there', () => {
    expect(run('one')).to.equal('2-2-2-2');
    expect(keptIn(folders()[0]!)).to.deep.equal([
      'chunk.js.code',
      'commands+one.js.code',
      'main.js.code',
    ]);
    expect(statSync(chunk()).mode & 0o777).to.equal(0o600);
    expect(statSync(dirname(chunk())).mode & 0o777).to.equal(0o700);
    const first = inode(chunk());
    expect(run('one')).to.equal('2-2-2-2');
    expect(inode(chunk())).to.equal(first);
  });

  it('adds the functions of each command that is new, and loses none', () => {
    run('one');
    const small = statSync(chunk()).size;
    run('two');
    const large = statSync(chunk()).size;
    expect(large).to.be.above(small * 2);
    run('ways');
    expect(statSync(chunk()).size).to.be.at.least(large);
  });

  for (const [title, name, result] of [
    ['what a module knows of itself and of others', 'ways', /.*/],
    ['modules that are loaded later', 'later', /^now\n(beside\nthing|thing\nbeside)$/],
    ['the place of an error, each time', 'wrong', /^true,true$/],
    ['a module that is not there', 'none', /^MODULE_NOT_FOUND$/],
  ] as const) {
    it(`is as with Node's own loader: ${title}`, () => {
      const plain = run(name, { NODE_DISABLE_COMPILE_CACHE: '1' });
      expect(plain).to.match(result);
      for (const _ of [1, 2])
        expect(run(name).split('\n').sort()).to.deep.equal(plain.split('\n').sort());
    });
  }

  const damages: Array<[title: string, damage: (path: string) => void]> = [
    ['is empty', (path) => writeFileSync(path, '')],
    ['is cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, -100))],
    [
      'has a tail',
      (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(8)])),
    ],
    ['is nothing but zeros', (path) => writeFileSync(path, Buffer.alloc(statSync(path).size))],
    ['is text', (path) => writeFileSync(path, 'x'.repeat(statSync(path).size))],
    ['lacks a block', (path) => writeFileSync(path, readFileSync(path).fill(0, 4096, 8192))],
    ['can be written by others', (path) => chmodSync(path, 0o620)],
  ];
  for (const [title, damage] of damages) {
    it(`does not take what ${title}`, () => {
      run('two');
      const good = statSync(chunk()).size;
      damage(chunk());
      const bad = inode(chunk());
      expect(run('two')).to.equal('30');
      expect(inode(chunk())).to.not.equal(bad);
      expect(statSync(chunk()).size).to.be.within(good * 0.9, good * 1.1);
    });
  }

  it('does not take what somebody else has written', function () {
    if (process.getuid?.() !== 0) return this.skip();
    run('one');
    chownSync(chunk(), 12_345, 12_345);
    run('one');
    expect(statSync(chunk()).uid).to.equal(0);
  });

  it('does not take the code of a module that has changed, by as much as a letter', () => {
    put('dist/commands/letter.js', `module.exports = () => 'a';`);
    expect(run('letter')).to.equal('a');
    put('dist/commands/letter.js', `module.exports = () => 'b';`);
    const later = new Date(Date.now() + 5000);
    utimesSync(join(root, 'dist/commands/letter.js'), later, later);
    expect(run('letter')).to.equal('b');
  });

  it('keeps each build, and what is made with other options, by itself', () => {
    run('one');
    run('one', { BUILD: 'b2' });
    run('one', {}, ['--no-opt']);
    expect(folders()).to.have.length(3);
  });

  it('keeps what is loaded under other flags by itself, once', () => {
    expect(run('flagged')).to.equal('late');
    const files = keptIn(folders()[0]!);
    expect(files).to.include('main.js.code').and.to.not.include('late.js.code');
    expect(files.join()).to.match(/late\.js\.code\w+/);
    const before = files.map((name) => inode(kept(name)));
    expect(run('flagged')).to.equal('late');
    expect(files.map((name) => inode(kept(name)))).to.deep.equal(before);
  });

  it('keeps nothing for those who do not want it, and keeps it where they do', () => {
    run('one', { NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(existsSync(compiled())).to.equal(false);
    const theirs = join(home, 'theirs');
    run('one', { NODE_COMPILE_CACHE: theirs });
    expect(existsSync(compiled())).to.equal(false);
    expect(readdirSync(theirs, { recursive: true }).join()).to.contain('chunk.js.code');
  });

  it('runs without a place to keep anything', () => {
    const file = join(home, 'file');
    writeFileSync(file, 'x');
    for (const place of [file, '/proc/nowhere'])
      expect(run('one', { PMX_HOME: place })).to.equal('2-2-2-2');
  });

  it('forgets old builds, and nothing that is not its own', () => {
    const age = (name: string): string => {
      const path = join(compiled(), name);
      mkdirSync(path, { recursive: true });
      const then = new Date(Date.now() - 31 * 86_400_000);
      utimesSync(path, then, then);
      return path;
    };
    const [ours, others] = [age('pmx-v1-x64-old'), age('v24.0.0-x64')];
    run('one');
    expect([existsSync(ours), existsSync(others)]).to.deep.equal([false, true]);
  });
});
