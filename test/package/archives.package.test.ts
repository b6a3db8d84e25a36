import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { Publisher } from '../unit/catalog/publisher.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const release = join(root, 'build/release');

interface Outcome {
  status: number | null;
  text: string;
}

function ended(child: ChildProcess): Promise<Outcome> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, text })));
}

describe('the archives of a release', function () {
  this.timeout(120_000);
  let home: string;

  before(function () {
    if (globSync('pmx-*.tar.gz', { cwd: release }).length === 0) {
      process.stdout.write('    skipped: no standalone archive: npm run package, on Linux\n');
      this.skip();
    }
    home = mkdtempSync(join(tmpdir(), 'pmx-archives-'));
  });

  after(() => {
    if (home) rmSync(home, { recursive: true, force: true });
  });

  it('are what SHA256SUMS says, and nothing else is published', () => {
    const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    expect(sums.map((line) => line.split('  ')[1]).sort()).to.deep.equal(
      globSync('*', { cwd: release })
        .filter((name) => name !== 'SHA256SUMS')
        .sort(),
    );
    for (const line of sums) {
      const [digest, name] = line.split('  ') as [string, string];
      const found = createHash('sha256').update(readFileSync(join(release, name)));
      expect(found.digest('hex'), name).to.equal(digest);
    }
  });

  it('have an inventory of every package that is in them', () => {
    const [file] = globSync('*.cdx.json', { cwd: release });
    const { components } = JSON.parse(readFileSync(join(release, file!), 'utf8')) as {
      components: Array<{ group?: string; name: string; version: string }>;
    };
    const listed = new Set(
      components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
    );
    const there = globSync(
      ['**/node_modules/*/package.json', '**/node_modules/@*/*/package.json'],
      {
        cwd: join(root, 'build/stage'),
      },
    )
      .map((path) => JSON.parse(readFileSync(join(root, 'build/stage', path), 'utf8')))
      .map(({ name, version }: { name?: string; version?: string }) => `${name}@${version}`)
      .filter((name) => !/^(?:undefined|pmx-cli|@pmx-cli\/kit)@|@undefined$/.test(name));
    expect(there.length).to.be.greaterThan(100);
    expect(there.filter((name) => !listed.has(name))).to.deep.equal([]);
  });

  it('from npm: installs plugins of others, and begins one whose tests pass', async () => {
    const bin = join(root, 'build/stage/node_modules/pmx-cli/bin/run.js');
    const pmx = (...words: string[]): Promise<Outcome> => {
      const env = { PATH: process.env['PATH'], HOME: home, NO_COLOR: '1' };
      const stdio = ['ignore', 'pipe', 'pipe'] as const;
      return ended(spawn(process.execPath, [bin, ...words], { cwd: home, env, stdio: [...stdio] }));
    };
    for (const name of ['hello', 'note']) {
      const folder = join(root, 'docs/examples');
      const file = join(home, `${name}.tgz`);
      spawnSync('tar', ['czf', file, '-C', folder, `pmx-plugin-${name}`]);
      const { status, text } = await pmx('plugins', 'install', file, '--yes');
      expect(status, text).to.equal(0);
    }
    expect(await pmx('hello', 'Ann')).to.deep.equal({ status: 0, text: 'Hello, Ann!\n' });
    expect((await pmx('note', 'set', '--help')).text).to.contain('Write the note of a VM');
    expect((await pmx('plugins', 'new', 'memo')).status).to.equal(0);
    const cwd = join(home, 'pmx-plugin-memo');
    const tests = spawnSync(process.execPath, ['--test'], { cwd, encoding: 'utf8' });
    expect(tests.status, tests.stdout + tests.stderr).to.equal(0);
  });

  it('install.sh brings the archive of its own release, and pmx update finds it there', async () => {
    const [dir, links] = [join(home, 'opt/pmx'), join(home, 'bin')];
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      PMX_DIR: dir,
      PMX_BIN_DIR: links,
      PMX_UPDATE_ARCHIVES: `file://${release}`,
    };
    const script = join(release, 'install.sh');
    const { status, text } = await ended(spawn('sh', [script], { env }));
    expect(status, text).to.equal(0);
    const update = await ended(
      spawn(join(links, 'pmx'), ['update', 'rollback', '--json'], { env: { HOME: home } }),
    );
    expect(update.status).to.equal(1);
    expect(update.text).to.include('PMX_NO_OLDER_RELEASE').and.include(join(dir, 'versions'));
  });

  describe('with its own Node', () => {
    let publisher: Publisher;
    let place: string;
    const version = '99.1.0';

    before(async () => {
      publisher = await Publisher.start();
      const [archive] = globSync('pmx-*.tar.gz', { cwd: release });
      spawnSync('tar', ['-xzf', join(release, archive!), '-C', home]);
      place = join(home, archive!.replace('.tar.gz', ''));
    });

    after(() => publisher?.stop());

    /** Without a PATH, so without any other Node, and through a link. */
    function pmx(...words: string[]): Promise<Outcome> {
      const env = {
        PATH: '',
        HOME: home,
        PMX_UPDATE_REGISTRY: publisher.base,
        PMX_UPDATE_ARCHIVES: `${publisher.base}/VERSION`,
      };
      return ended(spawn(join(home, 'pmx'), words, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    }

    it('runs from wherever it was unpacked', async () => {
      symlinkSync(join(place, 'bin/pmx'), join(home, 'pmx'));
      const { status, text } = await pmx('version', '--verbose');
      expect(status, text).to.equal(0);
      expect(text).to.match(/^pmx \d+\.\d+\.\d+\nNode: +\d+/);
    });

    it('has no link that leads out of it', () => {
      const links = spawnSync('find', [place, '-type', 'l', '-printf', '%p %l\\n'], {
        encoding: 'utf8',
      });
      const outside = links.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ') as [string, string])
        .filter(
          ([path, to]) => !join(to.startsWith('/') ? '/' : dirname(path), to).startsWith(place),
        );
      expect(outside).to.deep.equal([]);
    });

    it('becomes the next version, and the one before again', async () => {
      const own = basename(globSync('versions/*', { cwd: place })[0]!);
      const name = basename(place).replace(own, version);
      const next = join(home, 'next', name, 'versions', version);
      mkdirSync(dirname(next), { recursive: true });
      cpSync(join(place, 'versions', own), next, { recursive: true, verbatimSymlinks: true });
      for (const file of ['package.json', 'bin/run.js']) {
        const path = join(next, 'node_modules/pmx-cli', file);
        writeFileSync(path, readFileSync(path, 'utf8').replaceAll(own, version));
      }
      const file = join(home, `${name}.tar.gz`);
      spawnSync('tar', ['-I', 'gzip -1', '-cf', file, '-C', join(home, 'next'), name]);
      renameSync(join(home, 'next'), join(home, 'packed'));
      const archive = readFileSync(file);
      const digest = createHash('sha256').update(archive).digest('hex');
      publisher.put('/pmx-cli/latest', JSON.stringify({ version }));
      publisher.put(`/${version}/SHA256SUMS`, `${digest}  ${basename(file)}\n`);
      publisher.put(`/${version}/${basename(file)}`, archive);
      const updated = await pmx('update');
      expect(updated.status, updated.text).to.equal(0);
      expect((await pmx('--version')).text).to.equal(`pmx ${version}\n`);
      await pluginWorks();
      // By the new one, which knows what it replaced.
      const back = await pmx('update', 'rollback');
      expect(back.status, back.text).to.equal(0);
      expect((await pmx('--version')).text).to.equal(`pmx ${own}\n`);
      await pluginWorks();
    });

    /** It was installed by another pmx, and finds the kit of this one. */
    async function pluginWorks(): Promise<void> {
      expect(await pmx('hello', 'Ann')).to.deep.equal({ status: 0, text: 'Hello, Ann!\n' });
      const kit = readlinkSync(join(home, '.local/share/pmx/plugins/node_modules/@pmx-cli/kit'));
      expect(kit).to.equal(join(place, 'lib/node_modules/pmx-cli/node_modules/@pmx-cli/kit'));
    }
  });
});
