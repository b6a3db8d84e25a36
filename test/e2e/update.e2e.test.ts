import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { Publisher } from '../unit/catalog/publisher.ts';
import { installStandalone, makeRelease, type Release, releaseOf } from './standalone.ts';
import { Home, type Outcome, outcomeOf } from './support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const own = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string })
  .version;

interface Update {
  version: string;
  newest: string | null;
  newer: boolean;
  installedBy: string;
  command: string | null;
  changed: boolean;
  off: string | null;
}

describe('pmx update', function () {
  this.timeout(60_000);
  let home: Home;
  let publisher: Publisher;
  /** Where pmx is unpacked. */
  let place: string;

  before(async function () {
    if (process.platform === 'win32') this.skip();
    home = new Home();
    publisher = await Publisher.start();
    place = installStandalone(home.file('opt'), own);
  });

  after(async () => {
    await publisher?.stop();
    home?.remove();
  });

  const env = (extra: Record<string, string> = {}): NodeJS.ProcessEnv =>
    home.env({
      PMX_UPDATE_REGISTRY: `${publisher.base}/npm`,
      PMX_UPDATE_ARCHIVES: `${publisher.base}/pmx/vVERSION`,
      ...extra,
    });

  const start = (words: readonly string[], extra?: Record<string, string>) =>
    spawn(join(place, 'bin/pmx'), words, { env: env(extra), stdio: ['ignore', 'pipe', 'pipe'] });

  const pmx = (words: readonly string[], extra?: Record<string, string>): Promise<Outcome> =>
    outcomeOf(start(words, extra));

  const inUse = (): string => readlinkSync(join(place, 'lib')).replace('versions/', '');
  const kept = (): string[] => readdirSync(join(place, 'versions')).sort();

  function published(version: string): void {
    publisher.clear();
    publisher.put('/npm/pmx-cli/latest', JSON.stringify({ name: 'pmx-cli', version }));
    publisher.put(`/npm/pmx-cli/${version}`, JSON.stringify({ name: 'pmx-cli', version }));
  }

  function offer(version: string, { file, archive, sums }: Release): void {
    published(version);
    publisher.put(`/pmx/v${version}/${file}`, archive);
    publisher.put(`/pmx/v${version}/SHA256SUMS`, sums);
  }

  const folder = (): string => mkdtempSync(home.file('release-'));

  /** The version in use starts, and nothing half made lies about. */
  async function isUntouched(version = own): Promise<void> {
    expect(inUse()).to.equal(version);
    expect((await pmx(['--version'])).stdout).to.equal(`pmx ${version}\n`);
    expect(kept()).to.deep.equal([version]);
    expect(readdirSync(place).sort()).to.deep.equal(['bin', 'lib', 'versions']);
  }

  describe('looks', () => {
    it('and says with its exit code whether there is a newer one', async () => {
      published(own);
      const same = await pmx(['update', '--check']);
      expect(same.code, same.stderr).to.equal(0);
      expect(same.stdout).to.equal(`pmx ${own} is the newest there is.\n`);
      published('9.1.0');
      const newer = await pmx(['update', '--check', '--json']);
      expect(newer.code, newer.stderr).to.equal(1);
      expect(JSON.parse(newer.stdout) as Update).to.deep.equal({
        version: own,
        newest: '9.1.0',
        newer: true,
        installedBy: 'standalone',
        command: `${join(place, 'bin/pmx')} update --to 9.1.0`,
        changed: false,
        off: null,
      });
      expect(publisher.asked.map(({ path }) => path)).to.deep.equal(['/npm/pmx-cli/latest']);
    });

    it('through a proxy', async () => {
      const asked: string[] = [];
      const proxy = createServer((request, response) => {
        asked.push(request.url!);
        response.end(JSON.stringify({ version: own }));
      });
      await once(proxy.listen(0, '127.0.0.1'), 'listening');
      const { code, stderr } = await pmx(['update', '--check'], {
        HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        PMX_UPDATE_REGISTRY: 'http://registry.example.org',
      });
      proxy.close();
      expect(code, stderr).to.equal(0);
      expect(asked).to.deep.equal(['http://registry.example.org/pmx-cli/latest']);
    });

    it('never in CI, and not where a setting says so', async () => {
      published('9.1.0');
      const reasons = [
        ['CI', 'true'],
        ['JENKINS_URL', 'http://ci'],
        ['PMX_UPDATES', 'false'],
      ];
      for (const [name, value] of reasons as Array<[string, string]>) {
        const off = { [name]: value };
        const check = await pmx(['update', '--check'], off);
        expect(check.code).to.equal(0);
        expect(check.stderr).to.match(
          /Nobody looked for a newer pmx: .*(CI|JENKINS_URL|PMX_UPDATES)/,
        );
        for (const words of [['update'], ['update', 'rollback']]) {
          const change = await pmx(words, off);
          expect(change.code).to.equal(1);
          expect(change.stderr).to.include('PMX_UPDATE_OFF');
        }
      }
      expect(publisher.asked).to.deep.equal([]);
      await isUntouched();
    });

    it('by nothing but this command', async () => {
      published('9.1.0');
      await pmx(['version', '--verbose']);
      await pmx(['config', 'view']);
      expect(publisher.asked).to.deep.equal([]);
    });

    it('a checkout is told what to do, and is left alone', async () => {
      published('9.1.0');
      const { code, stdout } = await home.pmx(['update'], {
        env: { PMX_UPDATE_REGISTRY: `${publisher.base}/npm` },
      });
      expect(code).to.equal(1);
      if (existsSync(join(root, '.git')) && !process.env['PMX_TEST_BIN'])
        expect(stdout).to.match(/^git -C \S+ pull --ff-only && npm --prefix \S+ ci && /);
      expect(publisher.asked).to.have.length(1);
    });
  });

  describe('what comes instead of an answer changes nothing', () => {
    const page = '<!doctype html><title>Log in to the Wi-Fi</title>';
    const asPage = (_: unknown, response: ServerResponse): void =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    const loop = (_: unknown, response: ServerResponse): void =>
      void response.writeHead(302, { location: '/npm/pmx-cli/latest' }).end();
    const good = (): Release => makeRelease(folder(), '9.1.0');
    const archivePath = `/pmx/v9.1.0/pmx-9.1.0-${process.platform}-${process.arch}.tar.gz`;

    const cases: Record<string, [code: string, arrange: () => void]> = {
      'a page for the version': [
        'PMX_UPDATE_ANSWER',
        () => publisher.put('/npm/pmx-cli/latest', asPage),
      ],
      'a version that leads elsewhere': [
        'PMX_UPDATE_ANSWER',
        () => publisher.put('/npm/pmx-cli/latest', '{"version":"../../../tmp"}'),
      ],
      'a registry without pmx': ['PMX_RELEASE_NOT_FOUND', () => publisher.clear()],
      'redirects for ever': [
        'PMX_UPDATE_UNREACHABLE',
        () => publisher.put('/npm/pmx-cli/latest', loop),
      ],
      'no archive': ['PMX_UPDATE_NO_ARCHIVE', () => published('9.1.0')],
      'a page for the checksums': [
        'PMX_UPDATE_ANSWER',
        () => {
          offer('9.1.0', good());
          publisher.put('/pmx/v9.1.0/SHA256SUMS', asPage);
        },
      ],
      'checksums of other files': [
        'PMX_UPDATE_NO_ARCHIVE',
        () => offer('9.1.0', { ...good(), sums: `${'0'.repeat(64)}  other.tar.gz\n` }),
      ],
      'a page for the archive': [
        'PMX_UPDATE_ANSWER',
        () => {
          offer('9.1.0', good());
          publisher.put(archivePath, asPage);
        },
      ],
      'another archive': [
        'PMX_CHECKSUM_MISMATCH',
        () => offer('9.1.0', { ...good(), archive: makeRelease(folder(), '9.0.0').archive }),
      ],
      'half an archive': [
        'PMX_UPDATE_UNREACHABLE',
        () => {
          const release = good();
          offer('9.1.0', release);
          publisher.put(archivePath, (request, response) => {
            const half = release.archive.subarray(0, release.archive.length / 2);
            response.writeHead(200, { 'content-length': release.archive.length });
            if (request.headers.range !== undefined) response.end(release.archive);
            else response.write(half, () => response.destroy());
          });
        },
      ],
      'an archive of another version': [
        'PMX_UPDATE_FAILED',
        () => {
          const { file, archive } = makeRelease(folder(), '9.0.0');
          offer('9.1.0', releaseOf(file.replace('9.0.0', '9.1.0'), archive));
        },
      ],
      'a link that leads out of it': [
        'PMX_UPDATE_FAILED',
        () =>
          offer(
            '9.1.0',
            makeRelease(folder(), '9.1.0', (at) => symlinkSync('../../../..', join(at, 'up'))),
          ),
      ],
      'an archive that is cut off inside': [
        'PMX_UPDATE_FAILED',
        () => {
          const { file, archive } = good();
          offer('9.1.0', releaseOf(file, archive.subarray(0, archive.length - 200)));
        },
      ],
      'a program that does not start here': [
        'PMX_UPDATE_BROKEN',
        () =>
          offer(
            '9.1.0',
            makeRelease(folder(), '9.1.0', (at) =>
              writeFileSync(join(at, 'node/node'), '#!/no/such/loader\n'),
            ),
          ),
      ],
    };
    for (const [what, [code, arrange]] of Object.entries(cases)) {
      it(what, async () => {
        arrange();
        const { code: exit, stderr } = await pmx(['update']);
        expect(exit, stderr).to.be.oneOf([1, 2]);
        expect(stderr).to.include(`(${code},`);
        await isUntouched();
      });
    }
  });

  describe('ends in the old or the new version', () => {
    const until = async (child: ChildProcess, condition: () => boolean): Promise<void> => {
      while (!condition()) {
        expect(child.exitCode, 'it has ended').to.equal(null);
        await sleep(10);
      }
    };
    const halfMade = (): string[] => kept().filter((name) => name.startsWith('.new-'));

    /** Sends the first half, then nothing. */
    function stall(version: string): void {
      const release = makeRelease(folder(), version, (at) =>
        writeFileSync(join(at, 'filling'), Buffer.alloc(300_000, Math.random().toString())),
      );
      offer(version, release);
      publisher.put(`/pmx/v${version}/${release.file}`, (request, response) => {
        if (request.headers.range !== undefined) {
          response.writeHead(206, { 'content-range': `bytes 0-1/${release.archive.length}` });
          return void response.end(release.archive.subarray(0, 2));
        }
        response.writeHead(200, { 'content-length': release.archive.length, etag: '"a"' });
        response.write(release.archive.subarray(0, release.archive.length / 2));
      });
    }

    const downloading = (): boolean =>
      halfMade().some((name) => {
        const path = join(place, 'versions', name, 'archive.tar.gz');
        return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
      });

    it('Ctrl-C while it downloads leaves nothing behind; a second update meanwhile is told', async () => {
      stall('9.1.0');
      const child = start(['update']);
      const outcome = outcomeOf(child);
      await until(child, downloading);
      const second = await pmx(['update']);
      expect(second.code).to.equal(2);
      expect(second.stderr).to.include('PMX_UPDATE_RUNNING');
      child.kill('SIGINT');
      const { code, stderr } = await outcome;
      expect(code, stderr).to.equal(130);
      await isUntouched();
    });

    it('kill -9 while it downloads: the old one works, op rollback cleans up', async () => {
      stall('9.1.0');
      const child = start(['update']);
      const outcome = outcomeOf(child);
      await until(child, downloading);
      child.kill('SIGKILL');
      await outcome;
      expect(inUse()).to.equal(own);
      expect((await pmx(['--version'])).stdout).to.equal(`pmx ${own}\n`);
      const open = await pmx(['op', 'list', '--open', '--json']);
      const [{ id }] = JSON.parse(open.stdout) as [{ id: string }];
      const rolled = await pmx(['op', 'rollback', id, '--yes']);
      expect(rolled.code, rolled.stderr).to.equal(0);
      await isUntouched();
    });

    it('kill -9 while the new one is tried: the next update begins anew', async () => {
      const tried = home.file('tried');
      offer(
        '9.1.0',
        makeRelease(folder(), '9.1.0', (at) => {
          writeFileSync(join(at, 'node/node'), `#!/bin/sh\necho $$ > '${tried}'\nexec sleep 60\n`);
        }),
      );
      const child = start(['update']);
      const outcome = outcomeOf(child);
      await until(child, () => existsSync(tried) && readFileSync(tried, 'utf8') !== '');
      child.kill('SIGKILL');
      process.kill(Number(readFileSync(tried, 'utf8')), 'SIGKILL');
      await outcome;
      expect(inUse()).to.equal(own);
      offer('9.1.0', makeRelease(folder(), '9.1.0'));
      const { code, stderr, stdout } = await pmx(['update']);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.include('pmx 9.1.0 is in use from now on');
      expect((await pmx(['--version'])).stdout).to.equal('pmx 9.1.0\n');
      expect(kept()).to.deep.equal([own, '9.1.0']);
    });
  });

  describe('from one version to the next and back', () => {
    /** The pmx that can more than say its version, wherever it stands now. */
    const first = (words: readonly string[]): Promise<Outcome> =>
      outcomeOf(
        spawn(join(place, 'versions', own, 'bin/pmx'), words, {
          env: env(),
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      );

    it('a dry run says what would be done, and does nothing', async () => {
      offer('9.2.0', makeRelease(folder(), '9.2.0'));
      const { code, stdout } = await first(['update', '--dry-run']);
      expect(code).to.equal(0);
      expect(stdout).to.include('check and unpack it beside');
      expect(inUse()).to.equal('9.1.0');
      expect(kept()).to.deep.equal([own, '9.1.0']);
    });

    it('rollback leads back without a network, once', async () => {
      publisher.clear();
      const { code, stdout, stderr } = await first(['update', 'rollback']);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.include(`pmx ${own} is in use`);
      expect(inUse()).to.equal(own);
      const again = await pmx(['update', 'rollback']);
      expect(again.code).to.equal(1);
      expect(again.stderr).to.include('PMX_NO_OLDER_RELEASE');
      expect(publisher.asked).to.deep.equal([]);
    });

    it('a version that is kept is not downloaded again', async () => {
      published('9.1.0');
      const { code, stderr } = await pmx(['update']);
      expect(code, stderr).to.equal(0);
      expect(inUse()).to.equal('9.1.0');
      expect(publisher.asked).to.have.length(1);
    });

    it('pmx undo takes an update back', async () => {
      const { code, stderr } = await first(['undo', '--yes']);
      expect(code, stderr).to.equal(0);
      expect(inUse()).to.equal(own);
    });

    it('only the version before is kept, and what something runs from', async () => {
      mkdirSync(join(place, 'versions/0.0.1'));
      offer('9.2.0', makeRelease(folder(), '9.2.0'));
      const { code, stderr } = await pmx(['update', '--to', '9.2.0']);
      expect(code, stderr).to.equal(0);
      expect(inUse()).to.equal('9.2.0');
      expect(kept()).to.deep.equal([own, '9.2.0']);
      await first(['update', 'rollback']);
      expect(inUse()).to.equal(own);
    });

    it('plugins are asked first, and told of it afterwards, also when it is taken back', async () => {
      const plugin = home.file('pmx-plugin-fleet');
      const told = home.file('told');
      mkdirSync(plugin);
      const hooks = { 'pmx:plan': './plan.js', 'pmx:done': './done.js' };
      const pack = {
        name: 'pmx-plugin-fleet',
        version: '1.0.0',
        type: 'module',
        files: ['*.js'],
        peerDependencies: { '@pmx-cli/kit': `^${own}` },
        oclif: { hooks },
      };
      writeFileSync(join(plugin, 'package.json'), JSON.stringify(pack));
      writeFileSync(
        join(plugin, 'plan.js'),
        `export default async ({ plan }) =>
          plan.operation === 'program.update' && process.env.FROZEN ? { veto: 'it is Friday' } : undefined;`,
      );
      writeFileSync(
        join(plugin, 'done.js'),
        `import { appendFileSync } from 'node:fs';
        export default async ({ plan, status, result }) => {
          if (plan.operation === 'program.update')
            appendFileSync(${JSON.stringify(told)}, \`\${status} \${result.version} \${result.newest}\\n\`);
        };`,
      );
      const linked = await pmx(['plugins', 'link', plugin, '--yes']);
      expect(linked.code, linked.stderr).to.equal(0);
      offer('9.2.0', makeRelease(folder(), '9.2.0'));
      const vetoed = await pmx(['update', '--to', '9.2.0'], { FROZEN: '1' });
      expect(vetoed.code).to.equal(1);
      expect(vetoed.stderr).to.include('pmx-plugin-fleet is against this').and.include('Friday');
      expect(inUse()).to.equal(own);
      const updated = await pmx(['update', '--to', '9.2.0']);
      expect(updated.code, updated.stderr).to.equal(0);
      expect(updated.stderr).to.match(/pmx-plugin-fleet .* so pmx 9\.2\.0 leaves it out/);
      await first(['update', 'rollback']);
      expect(inUse()).to.equal(own);
      expect(readFileSync(told, 'utf8')).to.equal(
        `completed ${own} 9.2.0\ncompleted ${own} ${own}\n`,
      );
    });
  });

  describe('what is written down for later', () => {
    it('names the link, not the version: a crontab outlives updates', async () => {
      const words = ['schedule', 'add', 'nightly', '--at', 'daily', '--with', 'cron'];
      const { code, stderr } = await pmx([...words, '--', 'op', 'list']);
      expect(code, stderr).to.equal(0);
      const { stdout } = await home.shell('crontab -l');
      expect(stdout).to.include(`${place}/lib/node_modules/pmx-cli/bin/run.js`);
      expect(stdout).to.not.include(`/versions/${own}/`);
    });
  });
});
