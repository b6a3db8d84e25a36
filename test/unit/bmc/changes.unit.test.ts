import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ControllerReader, Plan, Step } from '@pmx-cli/kit';
import { expect } from 'chai';

import { planCsr, type CsrResult } from '#dist/lib/operations/idrac/cert/csr.js';
import { exportCertificate } from '#dist/lib/operations/idrac/cert/export.js';
import { planReplace } from '#dist/lib/operations/idrac/cert/replace.js';
import { planReset } from '#dist/lib/operations/idrac/cert/reset.js';
import type { CertificateChange } from '#dist/lib/operations/idrac/cert/shared.js';
import { planSync, readClock } from '#dist/lib/operations/idrac/clock.js';
import type { ControllerPool } from '#dist/lib/operations/idrac/controllers.js';
import { planPower, type PowerVerb, refuseNode } from '#dist/lib/operations/idrac/power.js';
import { stepPlace } from '#dist/lib/operations/idrac/redfish.js';

import type {
  Generation,
  RunningPersona,
} from '../../../plugins/sandbox/dist/server/idrac/index.js';
import {
  keyPem,
  makeCertificate,
  makeKey,
} from '../../../plugins/sandbox/dist/server/idrac/x509.js';
import { grant, PKCS12, readRequest } from '../../../plugins/sandbox/test/idrac-helper.ts';
import { failure } from '../engine/lab.ts';
import { Bench } from './bench.ts';

const day = 86_400_000;
const { privateKey: signer } = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('changes of management controllers', function () {
  this.timeout(30_000);
  let bench: Bench;
  let pool: ControllerPool;

  beforeEach(() => void (bench = new Bench()));
  afterEach(() => bench.close());

  async function enter(
    generation: Generation,
    options: Parameters<Bench['persona']>[0] = {},
  ): Promise<{ persona: RunningPersona; controller: ControllerReader }> {
    const persona = await bench.persona({ generation, restartMillis: 50, ...options });
    pool = bench.pool();
    return { persona, controller: await pool.open(bench.place(persona)) };
  }

  const pins = (persona: RunningPersona): { file: string; pin: string | undefined } => ({
    file: bench.pinsFile,
    pin: bench.pinOf(persona),
  });

  function file(name: string, content: string | Buffer): string {
    const path = join(bench.folder, name);
    writeFileSync(path, content);
    return path;
  }

  const noPassphrase = async (): Promise<string> => '';

  async function ownCertificate(
    more: { digest?: 'sha1' | 'sha256'; bits?: number; from?: number; to?: number } = {},
  ): Promise<{ cert: string; key: string }> {
    const key = await makeKey(more.bits ?? 2048);
    const cert = makeCertificate({
      subject: { commonName: 'idrac.lab.test' },
      issuer: { subject: { commonName: 'Test CA' }, key: signer },
      key,
      notBefore: new Date(Date.now() + (more.from ?? -1) * day),
      notAfter: new Date(Date.now() + (more.to ?? 300) * day),
      digest: more.digest ?? 'sha256',
      names: ['idrac.lab.test'],
    });
    return { cert, key: keyPem(key) };
  }

  for (const generation of ['9-old', '9', '10'] as const) {
    const restarts = generation === '9-old';

    it(`cert reset on ${generation}: a new one is served, ${restarts ? 'after a restart' : 'at once'}`, async () => {
      const { persona, controller } = await enter(generation, {
        certificate: 'self-signed-expired',
      });
      const before = persona.fingerprint;
      const plan = await planReset(controller, { ...pins(persona), repin: false });
      const result = await bench.run<CertificateChange>(plan, pool);
      expect(result.before.sha256).to.equal(before);
      expect(persona.fingerprint).to.not.equal(before);
      expect(result.after.sha256).to.equal(persona.fingerprint);
      expect(Date.parse(result.after.notAfter as string)).to.be.greaterThan(Date.now());
      expect(result.restarted).to.equal(restarts);
      // Only who told it over the trusted connection is remembered without being asked.
      expect(bench.pinOf(persona)).to.equal(restarts ? before : persona.fingerprint);
      expect(persona.logins).to.include({ right: 1, wrong: 0 });
      await pool.close();
      expect(persona.openSessions).to.equal(0);
    });

    it(`cert replace on ${generation}: a request of its own, granted`, async () => {
      const { persona, controller } = await enter(generation);
      const { csr } = await bench.run<CsrResult>(
        await planCsr(controller, { cn: 'idrac.lab.test', san: ['idrac.lab.test', '10.0.8.5'] }),
        pool,
      );
      const cert = grant(readRequest(csr), signer);
      const files = {
        cert: file('granted.pem', cert),
        csr: file('request.csr', csr),
        passphrase: noPassphrase,
      };
      const plan = await planReplace(controller, files, pins(persona));
      const result = await bench.run<CertificateChange>(plan, pool);
      expect(persona.fingerprint).to.equal(new X509Certificate(cert).fingerprint256);
      expect(result.after.sha256).to.equal(persona.fingerprint);
      expect(bench.pinOf(persona)).to.equal(persona.fingerprint);
      expect(persona.logins.right).to.equal(1);
      await pool.close();
      expect(persona.openSessions).to.equal(0);
    });

    it(`cert replace on ${generation}: with a key of its own, as PKCS#12`, async () => {
      const { persona, controller } = await enter(generation);
      const files = {
        pfx: file('own.pfx', Buffer.from(PKCS12, 'base64')),
        passphrase: async () => 'open-sesame',
      };
      const plan = await planReplace(controller, files, pins(persona));
      const { after } = await bench.run<CertificateChange>(plan, pool);
      expect(after.subject).to.equal('CN=idrac-from-pkcs12');
      expect(after.sha256).to.equal(persona.fingerprint);
      expect(bench.journals()).to.not.include(PKCS12).and.to.not.include('open-sesame');
      // A second time there is nothing to do.
      const again = await bench.again().open(bench.place(persona));
      expect((await planReplace(again, files, pins(persona))).steps).to.deep.equal([]);
    });
  }

  it('cert replace takes key and certificate where the firmware does, and says how elsewhere', async () => {
    const { persona, controller } = await enter('9');
    const { cert, key } = await ownCertificate();
    const files = {
      cert: file('cert.pem', cert),
      key: file('key.pem', key),
      passphrase: noPassphrase,
    };
    await bench.run(await planReplace(controller, files, pins(persona)), pool);
    expect(persona.fingerprint).to.equal(new X509Certificate(cert).fingerprint256);
    expect(bench.journals()).to.not.include(key.split('\n')[1]!);
    const old = await enter('9-old');
    expect(await failure(() => planReplace(old.controller, files, pins(old.persona)))).to.include({
      code: 'PMX_BMC_NO_KEY_UPLOAD',
      exitCode: 1,
    });
  });

  it('cert replace refuses here what would be found out too late there', async () => {
    const { persona, controller } = await enter('9');
    const good = await ownCertificate();
    const cert = file('good.pem', good.cert);
    const key = file('good.key', good.key);
    const bad = async (name: string, more: Parameters<typeof ownCertificate>[0]) => {
      const made = await ownCertificate(more);
      return { cert: file(`${name}.pem`, made.cert), key: file(`${name}.key`, made.key) };
    };
    const foreign = await planCsr(controller, { cn: 'x' });
    const { csr } = await bench.run<CsrResult>(foreign, pool);
    const rows: Array<[files: Record<string, string>, rule: string]> = [
      [{ cert: key }, 'holds no certificate'],
      [
        { cert, key: file('other.key', keyPem(await makeKey(2048))) },
        'not that of the certificate',
      ],
      [{ cert, key: cert }, 'holds no private key'],
      [{ cert }, 'nobody can tell whether it has it'],
      [{ cert, csr: file('x.csr', csr) }, 'the keys differ'],
      [{ cert, csr: cert }, 'holds no certificate request'],
      [await bad('ended', { from: -20, to: -1 }), 'it ended on'],
      [await bad('early', { from: 2 }), 'it begins on'],
      [await bad('sha1', { digest: 'sha1' }), 'signed with sha1'],
      [await bad('short', { bits: 1024 }), '1024 bits'],
      [{ pfx: key }, 'no PKCS#12 file'],
      [{ pfx: file('own.pfx', Buffer.from(PKCS12, 'base64')) }, 'the passphrase does not open it'],
    ];
    const before = persona.fingerprint;
    for (const [files, rule] of rows) {
      const error = await failure(() =>
        planReplace(controller, { ...files, passphrase: noPassphrase }, pins(persona)),
      );
      expect(error, rule).to.include({ code: 'PMX_BMC_CERT_UNFIT', exitCode: 1 });
      expect(error.message).to.include(rule).and.to.include('Nothing was changed');
    }
    expect(persona.fingerprint).to.equal(before);
  });

  it('tells what LC011 means, and leaves what is served as it was', async () => {
    const { persona, controller } = await enter('9');
    const { csr } = await bench.run<CsrResult>(await planCsr(controller, { cn: 'x' }), pool);
    const files = {
      cert: file('granted.pem', grant(readRequest(csr), signer)),
      csr: file('x.csr', csr),
      passphrase: noPassphrase,
    };
    const plan = await planReplace(controller, files, pins(persona));
    // Somebody else makes a request in between: its key is another one from then on.
    await bench.run(await planCsr(controller, { cn: 'y' }), pool);
    const before = persona.fingerprint;
    const error = await failure(() => bench.run(plan, pool));
    expect(error.message).to.include('refuses POST');
    expect(error.code).to.equal('PMX_BMC_CERT_REFUSED');
    expect(error.exitCode).to.equal(3);
    expect(persona.fingerprint).to.equal(before);
    expect(bench.pinOf(persona)).to.equal(before);
  });

  it('makes no certificate while the clock is days off, and sets the clock', async () => {
    const { persona, controller } = await enter('9', { clockOffsetSeconds: -40 * 86_400 });
    const reset = { ...pins(persona), repin: false };
    expect(await failure(() => planReset(controller, reset))).to.include({
      code: 'PMX_BMC_CLOCK_WRONG',
    });
    await bench.run(await planSync(controller, { now: true }), pool);
    expect(Math.abs(persona.clockOffsetSeconds)).to.be.at.most(2);
  });

  it('time sync names NTP servers, and puts all back when something fails later', async () => {
    const { persona, controller } = await enter('9', { clockOffsetSeconds: 7200 });
    const plan = await planSync(controller, { ntp: ['a.test', 'b.test'], now: true });
    const failing: Step = {
      id: 'last',
      title: 'Fails',
      kind: 'redfish.call',
      args: { ...stepPlace(controller), method: 'POST', path: '/redfish/v1/nowhere' },
    };
    const steps = [...plan.steps, failing];
    await failure(() => bench.run({ ...plan, steps }, pool));
    expect(await readClock(controller)).to.include({ ntp: false });
    expect(persona.clockOffsetSeconds).to.be.within(7195, 7205);
    await bench.run(plan, pool);
    expect(await readClock(controller)).to.deep.include({
      ntp: true,
      servers: ['a.test', 'b.test'],
    });
    expect(await failure(() => planSync(controller, { now: false }))).to.include({
      code: 'PMX_BMC_SYNC_HOW',
    });
  });

  it('reads out certificates', async () => {
    const { persona, controller } = await enter('9');
    const { pem } = await exportCertificate(controller, 'Server');
    expect(new X509Certificate(pem).fingerprint256).to.equal(persona.fingerprint);
    expect(await failure(() => exportCertificate(controller, 'CA'))).to.include({
      code: 'PMX_BMC_REFUSED',
    });
  });

  describe('power', () => {
    const power = (controller: ControllerReader, verb: PowerVerb, force = false): Promise<Plan> =>
      planPower(controller, { verb, force, timeoutSeconds: 5 });

    it('goes off and on, and is left alone when it is so already', async () => {
      const { persona, controller } = await enter('8');
      await bench.run(await power(controller, 'off'), pool);
      expect(persona.power).to.equal('Off');
      expect((await power(controller, 'off')).steps).to.deep.equal([]);
      expect(await failure(() => power(controller, 'reset'))).to.include({
        code: 'PMX_BMC_POWER_OFF',
      });
      await bench.run(await power(controller, 'on'), pool);
      expect(persona.power).to.equal('On');
    });

    it('says what the controller can do instead', async () => {
      const { controller } = await enter('8');
      const error = await failure(() => power(controller, 'cycle'));
      expect(error).to.include({ code: 'PMX_BMC_NO_SUCH_RESET', exitCode: 1 });
      expect(error.message).to.include('ForceRestart');
    });

    it('is switched off again when nobody can wait for it', async () => {
      const { persona, controller } = await enter('9');
      await bench.run(await power(controller, 'off', true), pool);
      const plan = await power(controller, 'on');
      const wait = plan.steps[1] as Step;
      if (wait.kind !== 'bmc.await-power') throw new Error('it waits no more');
      const impossible: Step = { ...wait, args: { ...wait.args, state: 'Off', timeoutSeconds: 0 } };
      const error = await failure(() =>
        bench.run({ ...plan, steps: [plan.steps[0]!, impossible] }, pool),
      );
      expect(error.message).to.include('still not off');
      expect(persona.power).to.equal('Off');
    });

    it('stays on under a node of the cluster in use, unless it is drained', async () => {
      const { controller } = await enter('9', { hostName: 'pve2.example.org' });
      const nodes = async (): Promise<string[]> => ['pve1', 'pve2'];
      expect(await failure(() => refuseNode(controller, { nodes, drained: false }))).to.include({
        code: 'PMX_BMC_IS_NODE',
        exitCode: 1,
      });
      await refuseNode(controller, { nodes, drained: true });
      await refuseNode(controller, { nodes: async () => ['pve1'], drained: false });
      await refuseNode(controller, { nodes: async () => undefined, drained: false });
    });
  });

  describe('a lost answer', () => {
    for (const when of ['before', 'after'] as const) {
      it(`of a reset of the certificate, lost ${when} it was done`, async () => {
        const { persona, controller } = await enter('9-old');
        const before = persona.fingerprint;
        const plan = await planReset(controller, { ...pins(persona), repin: true });
        persona.loseAnswer('SSLResetCfg', when);
        persona.loseAnswer('Manager.Reset', when);
        const { after } = await bench.run<CertificateChange>(plan, pool);
        expect(persona.fingerprint).to.not.equal(before);
        expect(after.sha256).to.equal(persona.fingerprint);
        expect(bench.pinOf(persona)).to.equal(persona.fingerprint);
        expect(persona.logins.right).to.equal(1);
      });

      it(`of a switch, lost ${when} it was done`, async () => {
        const { persona, controller } = await enter('9');
        persona.loseAnswer('ComputerSystem.Reset', when);
        await bench.run(
          await planPower(controller, { verb: 'off', force: true, timeoutSeconds: 5 }),
          pool,
        );
        expect(persona.power).to.equal('Off');
      });
    }

    it('of an import that happened is looked up by what is served', async () => {
      const { persona, controller } = await enter('9');
      const { cert, key } = await ownCertificate();
      const files = {
        cert: file('cert.pem', cert),
        key: file('key.pem', key),
        passphrase: noPassphrase,
      };
      const plan = await planReplace(controller, files, pins(persona));
      persona.loseAnswer('ImportSSLCertificate', 'after');
      await bench.run(plan, pool);
      expect(persona.fingerprint).to.equal(new X509Certificate(cert).fingerprint256);
    });

    it('of a restart of the server is told, never sent again', async () => {
      const { persona, controller } = await enter('9');
      const plan = await planPower(controller, { verb: 'reset', force: true, timeoutSeconds: 5 });
      persona.loseAnswer('ComputerSystem.Reset', 'after');
      // Were it sent again, it would get an answer.
      const error = await failure(() => bench.run(plan, pool));
      expect(error.exitCode).to.equal(2);
      expect(error.message).to.include('cannot be seen whether it was done');
    });
  });
});
