import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { type Outcome, outcomeOf, until } from '../e2e/support.ts';
import { guestImage, missingPrograms, QemuLab, skipping } from './support.ts';

/**
 * A real guest with a server whose certificate was valid from 2015 to 2018. Nothing leaves the network of
 * a guest, so the server is in there, too.
 */
describe('pmx time, a real guest and an expired certificate', function () {
  this.timeout(600_000);
  let lab: QemuLab;
  let vmid: number;
  let original: number;
  const check = [
    ...['openssl', 's_client', '-connect', '127.0.0.1:4433', '-CAfile', '/tmp/cert'],
    ...['-verify_return_error', '-brief'],
  ];

  before(async function () {
    const missing = missingPrograms();
    if (missing !== undefined) skipping(this, missing);
    if (spawnSync('openssl', ['version']).error) skipping(this, 'openssl not installed');
    const image = guestImage('micro-guest.sh');
    if ('missing' in image) skipping(this, image.missing);
    lab = await QemuLab.start('--memory-limit', '700M');
    const { key, cert } = expired(lab.lab.file('ca'));
    await lab.lab.json(
      ...['template', 'create', '--image', image.path, '--name', 'micro', '--memory', '256M'],
    );
    ({ vmid } = await lab.lab.json<{ vmid: number }>(
      ...['vm', 'create', 'jump', '--template', 'micro', '--wait', 'agent'],
      ...['--wait-timeout', '120'],
    ));
    for (const [file, content] of Object.entries({ key, cert }))
      await lab.post(vmid, '/agent/file-write', `file=/tmp/${file}`, `content=${content}`);
    await serve();
    original = (await status()).offset;
  });

  after(async () => {
    await lab?.lab.pmx(['vm', 'stop', 'jump', '--yes']);
    await lab?.stop();
    expect(lab?.processes() ?? []).to.deep.equal([]);
  });

  const pmx = (...words: string[]): Promise<Outcome> => lab.lab.pmx(words);

  async function expectExpired(): Promise<void> {
    const { code, stdout, stderr } = await pmx('vm', 'exec', 'jump', '--', ...check);
    expect(code, stdout + stderr).to.equal(1);
    expect(stdout + stderr).to.include('certificate has expired');
  }

  const serve = (): Promise<unknown> =>
    lab.shell(
      vmid,
      'openssl s_server -accept 4433 -key /tmp/key -cert /tmp/cert -www >/dev/null 2>&1 </dev/null & sleep 1',
    );

  const status = async (): Promise<{ offset: number; shift: unknown }> =>
    (await lab.lab.json<[{ offset: number; shift: unknown }]>('time', 'status', 'jump'))[0];

  /** Where it was: the clock of a guest that has just booted has whole seconds. */
  async function expectHome(): Promise<void> {
    const { offset, shift } = await status();
    expect(Math.abs(offset - original)).to.be.below(1000);
    expect(shift).to.equal(null);
  }

  it('is refused before, accepted meanwhile and refused afterwards', async () => {
    await expectExpired();
    const run = await pmx('time', 'run', 'jump', '--to', '2017-06-01Z', '--', ...check);
    expect(run.code, run.stdout + run.stderr).to.equal(0);
    expect(run.stdout + run.stderr).to.include('Verification: OK');
    expect(run.stderr).to.match(/the clock is back, \d{1,3} ms off/);
    await expectExpired();
    await expectHome();
  });

  it('comes home by --due after kill -9 at every step of a run', async () => {
    for (const step of ['save', 'ntp', 'clock', 'exec', 'back', 'ntp-back', 'measure', 'forget']) {
      const known = journals();
      const words = ['time', 'run', 'jump', '--to', '2017-06-01Z', '--', ...check];
      const child = lab.lab.spawn(words);
      const outcome = outcomeOf(child);
      await until(() => reached(known, step), step);
      child.kill('SIGKILL');
      await outcome;
      const { code, stderr } = await pmx('time', 'restore', '--due', '--yes');
      expect(code, `${step}: ${stderr}`).to.equal(0);
      await expectHome();
    }
    await expectExpired();
  });

  it('comes home after a reboot of the guest in the middle', async () => {
    await lab.lab.json('time', 'shift', 'jump', '--to', '2017-06-01Z');
    await lab.post(vmid, '/status/reset');
    await lab.agentUp(vmid);
    const { code, stderr } = await pmx('time', 'restore', 'jump');
    expect(code, stderr).to.equal(0);
    await expectHome();
  });

  function journals(): string[] {
    const folder = lab.lab.file('state/operations');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
  }

  function reached(known: readonly string[], step: string): boolean {
    const fresh = journals().find((name) => !known.includes(name));
    if (fresh === undefined) return false;
    const text = readFileSync(join(lab.lab.file('state/operations'), fresh), 'utf8');
    return text.includes(`"event":"step-started","step":"${step}"`);
  }
});

/** Only `openssl ca` of all versions in use takes dates of the past. */
function expired(folder: string): { key: string; cert: string } {
  mkdirSync(folder);
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('index'), '');
  writeFileSync(file('serial'), '01\n');
  writeFileSync(
    file('conf'),
    [
      '[ca]',
      'default_ca=own',
      '[own]',
      `database=${file('index')}`,
      `serial=${file('serial')}`,
      `new_certs_dir=${folder}`,
      'default_md=sha256',
      'policy=any',
      'x509_extensions=ext',
      '[any]',
      'commonName=supplied',
      '[ext]',
      'basicConstraints=critical,CA:TRUE',
      'subjectAltName=IP:10.0.2.2',
      '[req]',
      'distinguished_name=dn',
      '[dn]',
      '',
    ].join('\n'),
  );
  const openssl = (...words: string[]): void => {
    const { status, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${words.join(' ')}: ${stderr}`);
  };
  const request = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file('key'), '-out', file('csr')];
  openssl('req', '-new', '-config', file('conf'), '-subj', '/CN=10.0.2.2', ...request);
  openssl(
    ...['ca', '-batch', '-selfsign', '-notext', '-config', file('conf'), '-keyfile', file('key')],
    ...['-in', file('csr'), '-out', file('cert')],
    ...['-startdate', '20150101000000Z', '-enddate', '20180101000000Z'],
  );
  return { key: readFileSync(file('key'), 'utf8'), cert: readFileSync(file('cert'), 'utf8') };
}
