import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { Configuration } from '#dist/lib/config/configuration.js';
import { ParsedCache } from '#dist/lib/config/files/parsed-cache.js';

const plain = `# Kept here.
contexts:
  lab:
    endpoint: https://pve1:8006
    tokenId: root@pam!pmx
    fingerprint: "77:88"
currentContext: lab
secretStore: file
`;

describe('config: what was parsed is kept', () => {
  let root: string;
  let directory: string;
  let cache: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pmx-parsed-'));
    directory = join(root, 'config');
    cache = join(root, 'cache');
    mkdirSync(directory);
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const file = (): string => join(directory, 'config.yaml');
  const folder = (): string => join(cache, 'configuration');
  const kept = (): string[] => {
    try {
      return readdirSync(folder()).map((name) => join(folder(), name));
    } catch {
      return [];
    }
  };
  const keptFile = (): string => {
    expect(kept()).to.have.length(1);
    return kept()[0]!;
  };
  const alter = (change: (kept: Record<string, unknown>) => unknown): void => {
    const now = JSON.parse(readFileSync(keptFile(), 'utf8')) as Record<string, unknown>;
    writeFileSync(keptFile(), JSON.stringify(change(now)));
  };
  /** Told apart from what the file says, so that it shows who answered. */
  const mark = (): void =>
    alter((now) => ({ ...now, data: { ...(now['data'] as object), currentContext: 'cached' } }));
  const current = (): Promise<unknown> =>
    new Configuration({ directory, cache, env: {} }).get('currentContext');

  async function keep(text = plain): Promise<void> {
    writeFileSync(file(), text);
    await current();
  }

  it('answers from the cache, in a file for the user alone', async () => {
    await keep();
    expect(statSync(keptFile()).mode & 0o777).to.equal(0o600);
    expect(statSync(folder()).mode & 0o777).to.equal(0o700);
    mark();
    expect(await current()).to.equal('cached');
  });

  it('says the same as the parser', async () => {
    const text = `${plain}profiles:\n  a: {cores: 2, tags: [x, "1"], memory: 2G}\n__proto__: {x: 1}\nb: 0x10\n? 1\n: null\n`;
    writeFileSync(file(), text);
    const read = async (cached: boolean): Promise<unknown> => {
      const configuration = new Configuration({
        directory,
        env: {},
        ...(cached && { cache }),
      });
      return [await configuration.sources(), await configuration.warnings()];
    };
    const parsed = await read(false);
    await read(true);
    keptFile();
    expect(await read(true)).to.deep.equal(parsed);
  });

  it('keeps nothing without a folder of caches', async () => {
    writeFileSync(file(), plain);
    await new Configuration({ directory, env: {} }).get('currentContext');
    expect(kept()).to.deep.equal([]);
  });

  it('knows a change whatever the clock says of it: same size, same times', async () => {
    await keep();
    mark();
    const { atime, mtime } = statSync(file());
    writeFileSync(file(), plain.replace('currentContext: lab', 'currentContext: bal'));
    utimesSync(file(), atime, mtime);
    expect(await current()).to.equal('bal');
    writeFileSync(file(), plain.replace('currentContext: lab', 'currentContext: abl'));
    utimesSync(file(), atime, mtime);
    expect(await current()).to.equal('abl');
  });

  it('keeps files apart', async () => {
    const project = join(root, 'project');
    mkdirSync(project);
    writeFileSync(join(project, '.pmx.yaml'), 'output: json\n');
    writeFileSync(file(), `${plain}output: yaml\n`);
    const output = (cwd?: string): Promise<unknown> =>
      new Configuration({ directory, cache, cwd, env: {} }).get('output');
    for (const _ of [1, 2])
      expect([await output(project), await output()]).to.deep.equal(['json', 'yaml']);
    expect(kept()).to.have.length(2);
  });

  const damages: Array<[title: string, damage: (path: string) => void]> = [
    ['empty', (path) => writeFileSync(path, '')],
    ['cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 40))],
    ['something else', (path) => writeFileSync(path, '[1, 2]')],
    ['null', (path) => writeFileSync(path, 'null')],
    ['of zeros', (path) => writeFileSync(path, Buffer.alloc(statSync(path).size))],
    ['a folder', (path) => (rmSync(path), mkdirSync(path))],
    ['a link that leads nowhere', (path) => (rmSync(path), symlinkSync('/nowhere/x', path))],
    ['of another format', () => alter((now) => ({ ...now, format: 0, data: {} }))],
    ['without a mapping', () => alter((now) => ({ ...now, data: [] }))],
    ['of another text', () => alter((now) => ({ ...now, text: `${plain} `, data: {} }))],
  ];
  for (const [title, damage] of damages) {
    it(`ignores a file that is ${title}`, async () => {
      await keep();
      damage(keptFile());
      expect(await current()).to.equal('lab');
    });
  }

  it('ignores a file that others could have written', async () => {
    await keep();
    mark();
    chmodSync(keptFile(), 0o620);
    expect(await current()).to.equal('lab');
  });

  it('ignores a file of somebody else', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    await keep();
    mark();
    chownSync(keptFile(), 12_345, 12_345);
    expect(await current()).to.equal('lab');
  });

  const unusable: Array<[title: string, make: () => unknown]> = [
    ['is a file', () => writeFileSync(cache, 'x')],
    ['cannot be made', () => (cache = '/proc/nowhere/cache')],
    ['leads nowhere', () => symlinkSync('/proc/nowhere', cache)],
    ['has a file where the folder would be', () => (mkdirSync(cache), writeFileSync(folder(), ''))],
  ];
  for (const [title, make] of unusable) {
    it(`does without a cache that ${title}`, async () => {
      make();
      await keep();
      expect(await current()).to.equal('lab');
    });
  }

  it('does without a cache that cannot be written', async function () {
    if (process.getuid?.() === 0 || process.platform === 'win32') return this.skip();
    mkdirSync(folder(), { recursive: true });
    chmodSync(folder(), 0o500);
    await keep();
    expect(await current()).to.equal('lab');
    expect(kept()).to.deep.equal([]);
  });

  for (const [title, line] of [
    ['a secret', 'contexts: {a: {secret: hunter2}}'],
    ['a password, in a comment', '# password: hunter2'],
    ['a token', 'PROXMOX_TOKEN_SECRET: hunter2'],
    ['the secret of a token, under whatever name', 'x: 8f14e45f-ceea-467f-9a36-dedd4bea2543'],
    ['a command that gives a secret', 'contexts: {a: {secretCommand: [pass, pve]}}'],
    ['headers', 'contexts: {a: {headers: {CF-Access: hunter2}}}'],
    ['a proxy with a password', 'contexts: {a: {proxy: "http://me:hunter2@proxy:3128"}}'],
    ['settings of a plugin', 'plugins: {hello: {pin: hunter2}}'],
    ['a variable with a secret', 'output: ${MY_API_KEY:-hunter2}'],
  ] as const) {
    it(`keeps nothing of a file with ${title}`, () => {
      new ParsedCache(cache).write(file(), `${line}\n`, { x: 1 });
      expect(kept()).to.deep.equal([]);
    });
  }

  it('keeps nothing that JSON cannot say', () => {
    const parsed = new ParsedCache(cache);
    for (const value of [NaN, new Map([[1, 2]]), new Date(0), undefined])
      parsed.write(file(), 'x: ?\n', { x: value });
    expect(kept()).to.deep.equal([]);
  });

  it('keeps nothing of a long file', () => {
    new ParsedCache(cache).write(file(), `# ${'x'.repeat(70_000)}\n`, {});
    expect(kept()).to.deep.equal([]);
  });

  it('finds what is wrong with a file each time', async () => {
    writeFileSync(file(), `${plain}nonsense: 1\n`);
    for (const _ of [1, 2]) {
      const warnings = await new Configuration({ directory, cache, env: {} }).warnings();
      expect(warnings.join()).to.contain("unknown setting 'nonsense'");
    }
  });

  it('forgets after a month', async () => {
    mkdirSync(folder(), { recursive: true });
    const old = join(folder(), 'old.json');
    writeFileSync(old, '{}');
    utimesSync(old, new Date(), new Date(Date.now() - 31 * 86_400_000));
    await keep();
    expect(kept()).to.not.contain(old);
    keptFile();
  });
});
