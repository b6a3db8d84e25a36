import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { installer } from '../../scripts/package/installer.js';
import { Publisher } from '../unit/catalog/publisher.ts';
import { makeRelease, type Release, releaseOf } from './standalone.ts';
import { Home, type Outcome, outcomeOf } from './support.ts';

const version = '9.1.0';

describe('install.sh of a release', function () {
  this.timeout(60_000);
  let home: Home;
  let publisher: Publisher;
  let release: Release;
  /** Where one test installs to. */
  let place: string;

  before(async function () {
    if (process.platform !== 'linux') this.skip();
    home = new Home();
    publisher = await Publisher.start();
    release = built();
  });

  beforeEach(() => {
    place = mkdtempSync(home.file('place-'));
    publisher.clear();
  });

  after(async () => {
    await publisher?.stop();
    home?.remove();
  });

  /** With `bin`, as a real archive has it. */
  const built = (of = version): Release =>
    makeRelease(mkdtempSync(home.file('release-')), of, (at) => {
      mkdirSync(join(at, '../../bin'));
      symlinkSync('../lib/bin/pmx', join(at, '../../bin/pmx'));
    });

  function offer({ file, archive, sums }: Release): void {
    publisher.put(`/v${version}/${file}`, archive);
    publisher.put(`/v${version}/SHA256SUMS`, sums);
  }

  const dir = (): string => join(place, 'opt/pmx');
  const links = (): string => join(place, 'bin');

  function install(
    env: NodeJS.ProcessEnv = {},
    { shell = 'sh', text = installer(version, `${publisher.base}/vVERSION/`) } = {},
  ): Promise<Outcome> {
    const child = spawn(shell, [], {
      env: { PATH: process.env['PATH'], PMX_DIR: dir(), PMX_BIN_DIR: links(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => undefined).end(text);
    return outcomeOf(child);
  }

  const runs = (): string =>
    spawnSync(join(links(), 'pmx'), ['--version'], { encoding: 'utf8' }).stdout;

  /** Empty folders may have been made. */
  function nothingIsThere(): void {
    expect(existsSync(dir())).to.equal(false);
    for (const folder of [join(place, 'opt'), links()])
      if (existsSync(folder)) expect(readdirSync(folder)).to.deep.equal([]);
  }

  for (const shell of ['sh', 'dash', 'bash', 'busybox'])
    it(`works in ${shell}, by a pipe`, async function () {
      if (spawnSync('which', [shell]).status !== 0) this.skip();
      offer(release);
      const words = shell === 'busybox' ? join(place, 'busybox-sh') : shell;
      if (shell === 'busybox') {
        writeFileSync(words, '#!/bin/sh\nexec busybox sh\n');
        chmodSync(words, 0o755);
      }
      const { code, stderr } = await install({}, { shell: words });
      expect(code, stderr).to.equal(0);
      expect(stderr)
        .to.include(`pmx ${version} is in ${dir()}.`)
        .and.include(`export PATH="$PATH:${links()}"`);
      expect(runs()).to.equal(`pmx ${version}\n`);
      expect(readlinkSync(join(dir(), 'lib'))).to.equal(`versions/${version}`);
      expect(readdirSync(join(place, 'opt'))).to.deep.equal(['pmx']);
      expect(statSync(dir()).mode & 0o777).to.equal(0o755);
    });

  it('without curl and sha256sum, with wget and shasum', async function () {
    if (['wget', 'shasum'].some((name) => spawnSync('which', [name]).status !== 0)) this.skip();
    offer(release);
    const tools = join(place, 'tools');
    mkdirSync(tools);
    const needed =
      'wget shasum perl tar gzip uname id cut sed head mktemp mkdir mv ln ls rm chmod find';
    for (const name of [...needed.split(' '), 'dirname', 'readlink', 'sh']) {
      const path = spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
      symlinkSync(path, join(tools, name));
    }
    const { code, stderr } = await install({ PATH: tools }, { shell: '/bin/sh' });
    expect(code, stderr).to.equal(0);
    expect(runs()).to.equal(`pmx ${version}\n`);
  });

  it('a second time says that it is there, and mends a link that is missing', async () => {
    offer(release);
    await install();
    rmSync(links(), { recursive: true });
    publisher.clear();
    const { code, stderr } = await install();
    expect({ code, stderr }).to.deep.equal({
      code: 0,
      stderr: `pmx ${version} is in ${dir()} already.\n`,
    });
    expect(runs()).to.equal(`pmx ${version}\n`);
    expect(publisher.asked).to.deep.equal([]);
  });

  it('clears away what a killed one left a day ago, and nothing of one that runs', async () => {
    offer(release);
    const left = ['.pmx-install-old', '.pmx-install-new'].map((name) => join(place, 'opt', name));
    for (const folder of left) mkdirSync(folder, { recursive: true });
    const longAgo = new Date(Date.now() - 49 * 3_600_000);
    utimesSync(left[0]!, longAgo, longAgo);
    const { code, stderr } = await install();
    expect(code, stderr).to.equal(0);
    expect(readdirSync(join(place, 'opt')).sort()).to.deep.equal(['.pmx-install-new', 'pmx']);
  });

  it('leaves another version to pmx update', async () => {
    offer(release);
    await install();
    const text = installer('9.2.0', publisher.base);
    const { code, stderr } = await install({}, { text });
    expect(code).to.equal(1);
    expect(stderr).to.include(`${dir()}/bin/pmx update --to 9.2.0`);
    expect(runs()).to.equal(`pmx ${version}\n`);
  });

  it('half a script does nothing', async () => {
    offer(release);
    const text = installer(version, publisher.base);
    await install({}, { text: text.slice(0, text.lastIndexOf('main')) });
    nothingIsThere();
    expect(publisher.asked).to.deep.equal([]);
  });

  const cases: Record<string, [says: RegExp, arrange: () => NodeJS.ProcessEnv | void]> = {
    'no release there': [/SHA256SUMS cannot be had/, () => undefined],
    'checksums of other files': [
      /knows no pmx-9\.1\.0-linux-/,
      () => offer({ ...release, sums: `${'0'.repeat(64)}  other.tar.gz\n` }),
    ],
    'no archive': [
      /tar\.gz cannot be had/,
      () => publisher.put(`/v${version}/SHA256SUMS`, release.sums),
    ],
    'another archive than the published one': [
      /has SHA-256 [0-9a-f]{64}, but [0-9a-f]{64} is published/,
      () => offer({ ...release, archive: Buffer.from('not that one') }),
    ],
    'an archive that is none': [
      /cannot be unpacked/,
      () => offer(releaseOf(release.file, Buffer.from('<!doctype html>'))),
    ],
    'an archive of another version': [
      /does not start on this machine/,
      () => offer({ ...release, ...renamed(built('9.0.0')) }),
    ],
    'a folder that is something else': [
      /is there already, and is no pmx/,
      () => {
        mkdirSync(dir(), { recursive: true });
        offer(release);
      },
    ],
    'another pmx in the way': [
      /bin\/pmx is there already/,
      () => {
        mkdirSync(links());
        writeFileSync(join(links(), 'pmx'), 'mine');
        offer(release);
      },
    ],
    'a place that begins elsewhere': [/must begin with a slash: 'opt'/, () => ({ PMX_DIR: 'opt' })],
    'no public place': [
      /Nothing says where the archives are/,
      () => ({ TEXT: installer(version) }),
    ],
  };
  const renamed = ({ archive }: Release): Release => releaseOf(release.file, archive);

  for (const [what, [says, arrange]] of Object.entries(cases))
    it(`${what}: an error, and nothing changed`, async () => {
      const { TEXT: text, ...env } = arrange() ?? {};
      const { code, stderr } = await install(env, text === undefined ? {} : { text });
      expect(code).to.equal(1);
      expect(stderr)
        .to.match(says)
        .and.to.match(/^Error: /m);
      if (what === 'another pmx in the way')
        expect(readFileSync(join(links(), 'pmx'), 'utf8')).to.equal('mine');
      else if (what === 'a folder that is something else')
        expect(readdirSync(dir())).to.deep.equal([]);
      else nothingIsThere();
    });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`${signal} while it downloads leaves nothing behind`, async () => {
      offer(release);
      let arrived = (): void => undefined;
      const asked = new Promise<void>((resolve) => (arrived = resolve));
      publisher.put(`/v${version}/${release.file}`, (_, response) => {
        response.writeHead(200, { 'content-length': 10_000 }).write('begun');
        arrived();
      });
      const child = spawn('sh', ['-c', installer(version, `${publisher.base}/vVERSION/`)], {
        env: { PATH: process.env['PATH'], PMX_DIR: dir(), PMX_BIN_DIR: links() },
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const outcome = outcomeOf(child);
      await asked;
      // As a terminal does: to all of them.
      process.kill(-child.pid!, signal);
      expect((await outcome).code).to.equal(signal === 'SIGINT' ? 130 : 143);
      nothingIsThere();
    });
});
