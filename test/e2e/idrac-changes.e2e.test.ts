import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { CheckReport } from '#dist/lib/operations/idrac/check.js';
import type { CertificateChange } from '#dist/lib/operations/idrac/cert/shared.js';

import { startPersonas } from '../../plugins/sandbox/dist/server/idrac/index.js';
import type { RunningPersona } from '../../plugins/sandbox/dist/server/idrac/index.js';
import { PKCS12 } from '../../plugins/sandbox/test/idrac-helper.ts';
import { Home, outcomeOf } from './support.ts';

const password = 'not-calvin-4711';

describe('idrac changes', function () {
  this.timeout(60_000);
  let home: Home;
  let old: RunningPersona;
  let young: RunningPersona;
  let eight: RunningPersona;
  let slow: RunningPersona;
  let close: () => Promise<void>;
  const of = ({ port }: RunningPersona): string => `127.0.0.1:${port}`;

  before(async () => {
    home = new Home();
    const common = { password, certificate: 'self-signed-expired', lockoutAfter: 3 } as const;
    const started = await startPersonas([
      { ...common, generation: '9-old' },
      { ...common, generation: '9' },
      { ...common, generation: '8' },
      { ...common, generation: '9-old', restartMillis: 2500 },
    ]);
    close = started.close;
    [old, young, eight, slow] = started.personas as [
      RunningPersona,
      RunningPersona,
      RunningPersona,
      RunningPersona,
    ];
    await home.json('idrac', 'pin', ...[old, young, eight, slow].map(of));
    const login = ['idrac', 'login', '127.0.0.*', '--user', 'root', '--password-stdin'];
    const stored = await home.pmx(login, {
      input: `${password}\n`,
      env: { PMX_SECRET_STORE: 'file' },
    });
    expect(stored).to.include({ code: 0, stdout: 'root is remembered for 127.0.0.*.\n' });
  });

  after(async () => {
    await close();
    home.remove();
  });

  /** Everything that pmx wrote here but the one file that is there for it. */
  function written(): string {
    return readdirSync(home.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'secrets.json')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
  }

  it('shows what it would send, and sends nothing', async () => {
    const pfx = home.file('own.pfx');
    writeFileSync(pfx, Buffer.from(PKCS12, 'base64'));
    const before = [old, young].map(({ fingerprint }) => fingerprint);
    const env = { PMX_IDRAC_PFX_PASSPHRASE: 'open-sesame' };
    const dry = await home.pmx(['idrac', 'cert', 'replace', of(young), '--pfx', pfx, '--dry-run'], {
      env,
    });
    expect(dry.code, dry.stderr).to.equal(0);
    expect(dry.stdout)
      .to.include(`POST https://${of(young)}/redfish/v1/`)
      .and.to.include('SSLCertificateFile = [secret]')
      .and.to.include('[cannot be taken back]')
      .and.not.to.include('open-sesame');
    const both = await home.pmx(['idrac', 'cert', 'reset', of(old), of(young), '--dry-run']);
    expect(both.stdout).to.include('Manager.Reset').and.to.include('SSLResetCfg');
    expect([old, young].map(({ fingerprint }) => fingerprint)).to.deep.equal(before);
    expect([old, young].map(({ openSessions }) => openSessions)).to.deep.equal([0, 0]);
  });

  it('asks before what cannot be taken back', async () => {
    const { code, stderr } = await home.pmx(['idrac', 'cert', 'reset', of(young)]);
    expect(code).to.equal(1);
    expect(stderr).to.include('PMX_CONFIRMATION_NEEDED');
    expect(young.openSessions).to.equal(0);
  });

  it('cures expired certificates of old and new firmware, with one login for each', async () => {
    const before = [old, young].map(({ logins }) => logins.right);
    const words = ['idrac', 'cert', 'reset', of(old), of(young), '--repin', '--yes'];
    const results = await home.json<Array<{ ok: boolean; result: CertificateChange }>>(...words);
    expect(results.map(({ ok }) => ok)).to.deep.equal([true, true]);
    expect(results.map(({ result }) => result.after.sha256)).to.deep.equal([
      old.fingerprint,
      young.fingerprint,
    ]);
    const { hosts } = await home.json<CheckReport>('idrac', 'check', of(old), of(young));
    expect(hosts.map(({ findings }) => findings.map(({ id }) => id).sort())).to.deep.equal([
      ['default-cert', 'fw-old'],
      ['default-cert'],
    ]);
    expect([old, young].map(({ logins }) => logins.right)).to.deep.equal(
      before.map((count) => count + 1),
    );
    expect([old, young].map(({ openSessions }) => openSessions)).to.deep.equal([0, 0]);
  });

  it('installs certificates on old and new firmware', async () => {
    const pfx = home.file('own.pfx');
    writeFileSync(pfx, Buffer.from(PKCS12, 'base64'));
    const env = { PMX_IDRAC_PFX_PASSPHRASE: 'open-sesame' };
    for (const persona of [old, young]) {
      const words = ['idrac', 'cert', 'replace', of(persona), '--pfx', pfx, '--yes', '--json'];
      const { code, stdout, stderr } = await home.pmx(words, { env });
      expect(code, stderr).to.equal(0);
      const { after } = JSON.parse(stdout) as CertificateChange;
      expect(after).to.include({ sha256: persona.fingerprint, subject: 'CN=idrac-from-pkcs12' });
      expect(persona.openSessions).to.equal(0);
    }
    const power = await home.pmx(['idrac', 'power', 'status', of(old), of(young)]);
    expect(power.stdout).to.include('PowerEdge R640').and.to.include('PowerEdge R650');
  });

  it('prints the lines for racadm where there is no other way', async () => {
    const { code, stderr } = await home.pmx(['idrac', 'cert', 'reset', of(eight), '--yes']);
    expect(code).to.equal(1);
    expect(stderr).to.include('racadm -r 127.0.0.1 -u USER -i sslresetcfg');
    expect(eight.logins.right).to.equal(0);
  });

  it('tries a wrong password at the first host only', async () => {
    const env = { PMX_IDRAC_PASSWORD: 'wrong' };
    const words = ['idrac', 'power', 'off', of(young), of(eight), '--yes'];
    const { code, stderr } = await home.pmx(words, { env });
    expect(code).to.equal(3);
    expect(stderr).to.include('PMX_BMC_LOGIN_REFUSED');
    expect([young.logins, eight.logins].map(({ wrong }) => wrong)).to.deep.equal([1, 0]);
    expect(young.power).to.equal('On');
  });

  it('reads those that answer, and tells of the others', async () => {
    const words = ['idrac', 'power', 'status', '127.0.0.1:1', of(young), '--json'];
    const { code, stdout, stderr } = await home.pmx(words);
    expect(code).to.equal(3);
    expect(JSON.parse(stdout)).to.have.length(1);
    expect(stderr).to.include('1 of 2 controllers');
  });

  it('goes one by one, and begins no more after the first failure', async () => {
    // Nobody can see whether a restart happened, so a lost answer is a failure.
    young.loseAnswer('ComputerSystem.Reset', 'after');
    const words = ['idrac', 'power', 'reset', of(young), of(old), '--force', '--yes', '--json'];
    const { code, stdout } = await home.pmx(words);
    expect(code).to.equal(3);
    const { error } = JSON.parse(stdout) as {
      error: { code: string; data: { results: Array<{ error: { code: string } }> } };
    };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    expect(error.data.results[1]!.error.code).to.equal('PMX_NOT_BEGUN');
    expect([young, old].map(({ openSessions }) => openSessions)).to.deep.equal([0, 0]);
  });

  it('refuses what makes no sense before anybody logs in', async () => {
    const rows: Array<[string[], string]> = [
      [['cert', 'replace', of(young)], 'PMX_BMC_CERT_UNFIT'],
      [['power', 'off', 'localhost:1', '--yes'], 'PMX_BMC_UNREACHABLE'],
      [['power', 'off', '10.0.8.0/30', '--yes'], 'PMX_INVALID_HOST'],
      [['login', 'a b', '--user', 'root'], 'PMX_INVALID_HOST'],
      [['logout', 'nobody.test'], 'PMX_BMC_NO_CREDENTIALS'],
    ];
    const before = young.logins.right;
    for (const [words, expected] of rows) {
      const { code, stderr } = await home.pmx(['idrac', ...words], {
        env: { PMX_IDRAC_PASSWORD: password },
      });
      expect(stderr).to.include(expected);
      expect(code).to.be.oneOf([1, 2]);
    }
    expect(young.logins.right).to.equal(before);
  });

  it('finishes on Ctrl-C what cannot be taken back, and closes its session', async () => {
    const { fingerprint } = slow;
    const child = home.spawn(['idrac', 'cert', 'reset', of(slow), '--yes']);
    child.stdin!.end();
    const ended = outcomeOf(child);
    await waitForStep(child, 'Restart the controller');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code, stderr).to.equal(130);
    expect(slow.fingerprint).to.not.equal(fingerprint);
    expect(slow.openSessions).to.equal(0);
  });

  it('goes on after kill -9 from the journal', async () => {
    await home.json('idrac', 'pin', of(slow), '--repin');
    const { fingerprint } = slow;
    const child = home.spawn(['idrac', 'cert', 'reset', of(slow), '--repin', '--yes']);
    child.stdin!.end();
    const ended = outcomeOf(child);
    await waitForStep(child, 'Restart the controller');
    child.kill('SIGKILL');
    await ended;
    const [last] = await home.json<Array<{ id: string; status: string }>>('op', 'list');
    expect(last!.status).to.equal('interrupted');
    const resumed = await home.pmx(['op', 'resume', last!.id, '--yes']);
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(slow.fingerprint).to.not.equal(fingerprint);
    const pins = JSON.parse(readFileSync(home.file('data/bmc-pins.json'), 'utf8')) as object;
    expect(pins).to.have.property(of(slow), slow.fingerprint);
    expect(slow.logins.wrong).to.equal(0);
  });

  it('writes no secret anywhere but where secrets are kept', () => {
    const text = written();
    expect(text).to.not.include(password);
    expect(text).to.not.include('open-sesame');
  });
});

/** Progress tells each step that is done. */
function waitForStep(child: ReturnType<Home['spawn']>, step: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stderr!.on('data', (part: Buffer) => {
      seen += part.toString();
      if (seen.includes(`✓ ${step}`)) resolve();
    });
    child.once('close', () => reject(new Error(`it ended without "${step}": ${seen}`)));
  });
}
