import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { expect } from 'chai';
import { type Header, pack } from 'tar-stream';

import { lasting, standaloneOf } from '#dist/lib/config/place.js';
import { unpackProgram } from '#dist/lib/operations/engine/handlers/program-archive.js';
import { commandFor, installedBy } from '#dist/lib/operations/program/installed.js';
import { isVersion, newestVersion, releaseFolder } from '#dist/lib/operations/program/newest.js';
import { planProgramRollback, planProgramUpdate } from '#dist/lib/operations/program/update.js';
import { parseVersion } from '#dist/lib/commands/update.js';

import { Publisher } from '../catalog/publisher.ts';

const never = (): boolean => false;
const always = (): boolean => true;

describe('how pmx was installed', () => {
  const cases: Array<[folder: string, there: string[], by: string, command: string | undefined]> = [
    [
      '/usr/lib/node_modules/pmx-cli',
      [],
      'npm',
      'sudo npm install --global --prefix /usr pmx-cli@9.1.0',
    ],
    [
      '/srv/my app/node_modules/pmx-cli',
      ['/srv/my app/package.json'],
      'npm',
      "sudo npm install --prefix '/srv/my app' pmx-cli@9.1.0",
    ],
    [
      '/home/ann/.npm/_npx/1a2b/node_modules/pmx-cli',
      ['/home/ann/.npm/_npx/1a2b/package.json'],
      'npm',
      'sudo npx --yes pmx-cli@9.1.0',
    ],
    [
      '/home/ann/.local/share/pnpm/global/5/.pnpm/x/node_modules/pmx-cli',
      [],
      'pnpm',
      'pnpm add --global pmx-cli@9.1.0',
    ],
    [
      '/home/ann/.config/yarn/global/node_modules/pmx-cli',
      [],
      'yarn',
      'yarn global add pmx-cli@9.1.0',
    ],
    [
      '/home/ann/.bun/install/global/node_modules/pmx-cli',
      [],
      'bun',
      'bun add --global pmx-cli@9.1.0',
    ],
    [
      '/work/pmx',
      ['/work/pmx/.git'],
      'checkout',
      'git -C /work/pmx pull --ff-only && npm --prefix /work/pmx ci && npm --prefix /work/pmx run build',
    ],
    ['/somewhere/else', [], 'unknown', undefined],
  ];
  for (const [folder, there, by, command] of cases) {
    it(`${folder}: ${by}`, () => {
      const exists = (path: string): boolean => there.includes(path);
      const installed = installedBy(folder, exists);
      expect(installed.by).to.equal(by);
      expect(commandFor(installed, { version: '9.1.0', writable: never, exists })).to.equal(
        command,
      );
    });
  }

  it('a Debian package is brought by apt, from where the release is known to be', () => {
    const installed = installedBy('/usr/lib/pmx/node_modules/pmx-cli', never);
    const command = (archives?: string): string =>
      commandFor(installed, { version: '9.1.0', archives, writable: never })!;
    expect(command()).to.match(/^sudo apt install \.\/pmx_9\.1\.0_\w+\.deb$/);
    expect(command('https://example.org/v9.1.0/')).to.match(
      /^curl -fLO https:\/\/example\.org\/v9\.1\.0\/(pmx_9\.1\.0_\w+\.deb) && sudo apt install \.\/\1$/,
    );
  });

  it('no sudo where the folder is one’s own; the registry is named where it is another', () => {
    const installed = installedBy('/home/ann/.local/lib/node_modules/pmx-cli', never);
    const wishes = { version: '9.1.0', registry: 'https://npm.example.org/', exists: never };
    expect(commandFor(installed, { ...wishes, writable: always })).to.equal(
      'npm install --global --prefix /home/ann/.local --registry https://npm.example.org/ pmx-cli@9.1.0',
    );
  });
});

describe('releases', () => {
  it('are where the setting says, or at the repository that pmx was built from', () => {
    const folder = (set?: string, repository?: string | { url: string }): string | undefined =>
      releaseFolder('9.1.0', set, repository);
    expect(folder('https://m.example.org/VERSION/pmx-VERSION')).to.equal(
      'https://m.example.org/9.1.0/pmx-9.1.0/',
    );
    const github = 'https://github.com/acme/pmx/releases/download/v9.1.0/';
    expect(folder(undefined, 'github:acme/pmx')).to.equal(github);
    expect(folder(undefined, { url: 'git+https://github.com/acme/pmx.git' })).to.equal(github);
    expect(folder(undefined, 'https://git.example.org/pmx')).to.equal(undefined);
    expect(folder()).to.equal(undefined);
  });

  it('have versions that are safe as names of folders', () => {
    for (const good of ['0.1.0', '10.20.30', '1.0.0-rc.1']) expect(isVersion(good)).to.equal(true);
    for (const bad of ['1.0', '../../x', '1.0.0/..', 'latest', '1.0.0-', 1, null, '1.0.0\n'])
      expect(isVersion(bad), String(bad)).to.equal(false);
    expect(parseVersion('v1.2.3')).to.equal('1.2.3');
    expect(() => parseVersion('^1.2')).to.throw('three numbers');
  });
});

describe('a standalone pmx', () => {
  let root: string;
  let publisher: Publisher;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'pmx-standalone-'));
    mkdirSync(join(root, 'versions/0.1.0/node_modules/pmx-cli'), { recursive: true });
    symlinkSync('versions/0.1.0', join(root, 'lib'));
    publisher = await Publisher.start();
  });

  after(async () => {
    await publisher.stop();
    rmSync(root, { recursive: true });
  });

  const place = () => standaloneOf(join(root, 'versions/0.1.0/node_modules/pmx-cli'))!;

  it('is known by its link, and paths that last lead through that', () => {
    expect(place()).to.deep.equal({ root, version: '0.1.0' });
    expect(standaloneOf('/usr/lib/node_modules/pmx-cli')).to.equal(undefined);
    expect(standaloneOf(`${root}/elsewhere/versions/0.1.0/node_modules/pmx-cli`)).to.equal(
      undefined,
    );
    expect(lasting(join(root, 'versions/0.1.0/node/node'), place())).to.equal(
      join(root, 'lib/node/node'),
    );
    expect(lasting('/usr/bin/node', place())).to.equal('/usr/bin/node');
  });

  function around(values: Record<string, unknown>) {
    const settings = {
      get: async (key: string) => values[key],
      origin: async () => ({ layer: 'user', source: '/home/ann/config.yaml' }),
    };
    const standalone = place();
    return {
      settings: settings as never,
      paths: { data: join(root, 'data') },
      env: {},
      signal: new AbortController().signal,
      installed: { by: 'standalone', folder: root, standalone } as const,
      own: { name: 'pmx-cli', version: '0.1.0' },
    };
  }

  async function codeOf(planned: Promise<unknown>): Promise<string> {
    return planned.then(
      () => 'none',
      (error: { code: string }) => error.code,
    );
  }

  it('of somebody else is not downloaded for; without a place of archives nothing is', async () => {
    publisher.put('/pmx-cli/latest', '{"version":"9.1.0"}');
    const values = { updates: true, updateRegistry: publisher.base };
    const update = (extra: object): Promise<string> =>
      codeOf(planProgramUpdate({ check: false }, { ...around(values), ...extra }));
    expect(await update({ writable: never })).to.equal('PMX_UPDATE_NOT_WRITABLE');
    expect(await update({})).to.equal('PMX_UPDATE_NO_ARCHIVE');
    const rollback = planProgramRollback({ ...around(values), writable: never });
    expect(await codeOf(rollback)).to.equal('PMX_UPDATE_NOT_WRITABLE');
    expect(publisher.asked.every(({ path }) => path === '/pmx-cli/latest')).to.equal(true);
  });

  it('does not wait for who does not answer, nor for who sends a word now and then', async () => {
    publisher.put('/slow/pmx-cli/latest', () => undefined);
    publisher.put('/drop/pmx-cli/latest', (_, response) => {
      response.write('{');
      const more = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(more));
    });
    for (const place of ['slow', 'drop']) {
      const registry = `${publisher.base}/${place}`;
      let said = '';
      await newestVersion(
        { name: 'pmx-cli', registry, patience: 100 },
        new AbortController().signal,
      ).catch((error: Error) => (said = error.message));
      expect(said).to.match(/cannot be read \(no answer within 0\.1 s\)/);
    }
  });

  it('says which versions go, and which plugins the new one leaves out', async () => {
    const kept = join(root, 'versions/9.1.0/node_modules/pmx-cli');
    mkdirSync(join(root, 'versions/0.0.9'));
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, 'package.json'), '{"version":"9.1.0"}');
    const plugin = join(root, 'plugin');
    mkdirSync(plugin);
    const about = {
      name: 'pmx-old',
      version: '1.0.0',
      oclif: {},
      peerDependencies: { '@pmx-cli/kit': '^0.1' },
    };
    writeFileSync(join(plugin, 'package.json'), JSON.stringify(about));
    mkdirSync(join(root, 'data/plugins'), { recursive: true });
    const plugins = [{ name: 'pmx-old', type: 'link', root: plugin }];
    writeFileSync(join(root, 'data/plugins/package.json'), JSON.stringify({ oclif: { plugins } }));
    const plan = await planProgramUpdate(
      { check: false },
      around({ updates: true, updateRegistry: publisher.base }),
    );
    expect(plan.notes).to.deep.equal([
      'Older versions are removed for good: 0.0.9.',
      'Plugin pmx-old needs an older pmx (^0.1), so pmx 9.1.0 leaves it out.',
    ]);
    expect(plan.steps.map((step) => (step as { kind: string }).kind)).to.deep.equal([
      'program.switch',
    ]);
  });
});

describe('unpacking an archive of pmx', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pmx-archive-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function unpacked(entries: Array<Partial<Header> & { name: string }>): Promise<string[]> {
    const tar = pack();
    for (const entry of entries) tar.entry(entry as Header, entry.type ? '' : 'text');
    tar.finalize();
    await pipeline(tar, createGzip(), createWriteStream(join(folder, 'a.tar.gz')));
    const tree = join(folder, 'in/tree');
    mkdirSync(tree, { recursive: true });
    await unpackProgram(join(folder, 'a.tar.gz'), tree, '9.1.0', new AbortController().signal);
    return readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort();
  }

  const top = 'pmx-9.1.0-linux-x64/versions/9.1.0';

  it('takes the version, and neither the links beside it nor anything else', async () => {
    const names = await unpacked([
      { name: 'pmx-9.1.0-linux-x64/lib', type: 'symlink', linkname: 'versions/9.1.0' },
      { name: 'pmx-9.1.0-linux-x64/evil' },
      { name: `${top}/node/`, type: 'directory' },
      { name: `${top}/node/node`, mode: 0o4777 },
      { name: `${top}/bin/pmx`, type: 'symlink', linkname: '../node/node' },
    ]);
    expect(names).to.deep.equal(['bin', 'bin/pmx', 'node', 'node/node']);
  });

  const refused: Array<[string, Array<Partial<Header> & { name: string }>, RegExp]> = [
    ['a way up', [{ name: `${top}/../../../../out` }], /leads out of it|is version/],
    ['a link up', [{ name: `${top}/a`, type: 'symlink', linkname: '../../x' }], /leads out/],
    ['a link to the root', [{ name: `${top}/a`, type: 'symlink', linkname: '/etc' }], /leads out/],
    [
      'a file through a link',
      [{ name: `${top}/a`, type: 'symlink', linkname: 'b' }, { name: `${top}/a` }],
      /EEXIST/,
    ],
    ['a device', [{ name: `${top}/a`, type: 'character-device' }], /neither file nor folder/],
    ['a hard link', [{ name: `${top}/a`, type: 'link', linkname: '/etc/passwd' }], /neither file/],
    ['another version', [{ name: 'x/versions/9.9.9/a' }], /is version 9.9.9/],
    ['nothing of it', [{ name: 'other/file' }], /nothing in it/],
  ];
  for (const [what, entries, message] of refused) {
    it(`refuses ${what}`, async () => {
      let said = '';
      await unpacked(entries).catch((error: Error) => (said = error.message));
      expect(said).to.match(message);
      expect(readdirSync(folder).sort()).to.deep.equal(['a.tar.gz', 'in']);
    });
  }
});
