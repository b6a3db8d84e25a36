import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { CatalogEntry } from '#dist/lib/catalog/index.js';
import { loadCatalog, resolveBuild } from '#dist/lib/catalog/index.js';
import { keyringFor, verifySigned } from '#dist/lib/catalog/signature.js';

import { failure } from '../engine/lab.ts';
import { digest, Publisher } from './publisher.ts';

const signal = new AbortController().signal;
const image = Buffer.from('QFI\xfb and more', 'latin1');
const file = 'ubuntu-24.04-server-cloudimg-amd64.img';
const base = 'https://cloud-images.ubuntu.com/releases/noble/release';

describe('signatures of publishers', function () {
  this.timeout(30_000);
  let home: string;
  let publisher: Publisher;
  let ubuntu: CatalogEntry;

  /** GnuPG wants short paths for its sockets. */
  const gpg = (args: readonly string[], input?: string): Buffer =>
    execFileSync('gpg', ['--batch', '--yes', '--quiet', '--homedir', home, ...args], {
      ...(input !== undefined && { input }),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const makeKey = (who: string): string => {
    gpg([
      '--passphrase',
      '',
      '--quick-generate-key',
      `${who}@example.org`,
      'ed25519',
      'sign',
      '1d',
    ]);
    const ring = join(home, `${who}.gpg`);
    writeFileSync(ring, gpg(['--export', `${who}@example.org`]));
    return ring;
  };
  const detached = (text: string, who: string): Buffer =>
    gpg(['--local-user', `${who}@example.org`, '--detach-sign'], text);
  const clear = (text: string, who: string): string =>
    gpg(['--local-user', `${who}@example.org`, '--clear-sign'], text).toString();

  let ring: string;
  let otherRing: string;
  const sums = `${digest('sha256', image)} *${file}\n`;

  before(async function () {
    const missing = ['gpg', 'gpgv'].filter((name) => spawnSync(name, ['--version']).error);
    if (missing.length > 0) {
      console.log(`      ${missing.join(' and ')} missing: nothing can be signed here`);
      this.skip();
    }
    home = mkdtempSync('/tmp/pmx-gpg-');
    [ring, otherRing] = [makeKey('publisher'), makeKey('somebody')];
    publisher = await Publisher.start();
    ubuntu = (await loadCatalog()).find('ubuntu-24.04');
  });

  after(async () => {
    if (home === undefined) return;
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    rmSync(home, { recursive: true });
    await publisher?.stop();
  });

  const resolve = (keyrings?: Record<string, string>) =>
    resolveBuild(ubuntu, {
      ...{ arch: 'x86_64', mirrors: { '*': publisher.base }, signal },
      ...(keyrings && { keyrings }),
    });

  it('are checked with a keyring, and said to be unchecked without one', async () => {
    publisher.put(`${base}/SHA256SUMS`, sums);
    publisher.put(`${base}/SHA256SUMS.gpg`, detached(sums, 'publisher'));
    expect((await resolve()).signature).to.equal('unchecked');
    expect((await resolve({ debian: ring })).signature).to.equal('unchecked');
    const { signature, checksum } = await resolve({ ubuntu: ring });
    expect(signature).to.equal('verified');
    expect(checksum!.value).to.equal(digest('sha256', image));
  });

  it('of somebody else, or of another text, are refused', async () => {
    publisher.put(`${base}/SHA256SUMS`, sums);
    publisher.put(`${base}/SHA256SUMS.gpg`, detached(sums, 'publisher'));
    const stranger = await failure(() => resolve({ ubuntu: otherRing }));
    expect(stranger).to.include({ code: 'PMX_SIGNATURE_INVALID', exitCode: 2 });
    publisher.put(
      `${base}/SHA256SUMS`,
      sums.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    );
    const changed = await failure(() => resolve({ '*': ring }));
    expect(changed.code).to.equal('PMX_SIGNATURE_INVALID');
    publisher.put(`${base}/SHA256SUMS.gpg`, 'no signature');
    expect((await failure(() => resolve({ '*': ring }))).code).to.equal('PMX_SIGNATURE_INVALID');
  });

  it('say which keyring is missing', async () => {
    publisher.put(`${base}/SHA256SUMS`, sums);
    publisher.put(`${base}/SHA256SUMS.gpg`, detached(sums, 'publisher'));
    const error = await failure(() => resolve({ ubuntu: join(home, 'none.gpg') }));
    expect(error).to.include({ code: 'PMX_SIGNATURE_UNCHECKABLE', exitCode: 2 });
    expect(error.message).to.include('none.gpg');
  });

  it('inside of a text vouch for what is signed only', async () => {
    const signed = clear(`- with a dash\n${sums}`, 'publisher');
    const wrapped = `${'0'.repeat(64)}  ${file}\n${signed}\n${'1'.repeat(64)}  ${file}\n`;
    const { text, fingerprint } = await verifySigned({ text: wrapped, url: 'https://x/' }, ring);
    expect(text.trimEnd()).to.equal(`- with a dash\n${sums}`.trimEnd());
    expect(fingerprint).to.match(/^[0-9A-F]{40}$/);
    for (const bad of [sums, `${signed}\n${signed}`, signed.replace(/^[0-9a-f]{8}/m, '00000000')]) {
      const error = await failure(() => verifySigned({ text: bad, url: 'https://x/' }, ring));
      expect(error.code).to.equal('PMX_SIGNATURE_INVALID');
    }
    expect(readFileSync(ring).length).to.be.above(100);
  });

  it('have the keyring that is nearest', () => {
    const of = (keyrings: Record<string, string>) => keyringFor(ubuntu, keyrings);
    expect(of({ '*': 'a', ubuntu: 'b', 'ubuntu-24.04': 'c' })).to.equal('c');
    expect(of({ '*': 'a', ubuntu: 'b' })).to.equal('b');
    expect(of({ '*': 'a' })).to.equal('a');
    expect(of({ debian: 'a' })).to.equal(undefined);
  });
});
