import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { keyPem, makeCertificate, makeKey } from '../dist/server/idrac/x509.js';
import type { CertificateKind, Generation, RunningPersona } from '../dist/server/idrac/index.js';
import {
  Lab,
  MANAGER,
  PKCS12,
  RELAXED,
  ask,
  grant,
  messageIds,
  readRequest,
  servedAfter,
  shake,
} from './idrac-helper.ts';

/** A client of today; the default of Node 22 is level 1 still. */
const TODAY = { ciphers: 'DEFAULT:@SECLEVEL=2' };
/** Node 22 has no `signatureAlgorithm`: the ids of RFC 8017, as they stand in the certificate. */
const SIGNED = { sha1: '06092a864886f70d010105', sha256: '06092a864886f70d01010b' };
const digestOf = ({ raw }: X509Certificate): string =>
  Object.entries(SIGNED).find(([, id]) => raw.includes(Buffer.from(id, 'hex')))?.[0] ?? 'unknown';

const DAY = 24 * 60 * 60 * 1000;
const SLOT = `${MANAGER}/NetworkProtocol/HTTPS/Certificates/SecurityCertificate.1`;
const COLLECTION = `${MANAGER}/NetworkProtocol/HTTPS/Certificates`;
const CARD = `${MANAGER}/Oem/Dell/DelliDRACCardService/Actions/DelliDRACCardService`;
const OLD_CARD =
  '/redfish/v1/Dell/Managers/iDRAC.Embedded.1/DelliDRACCardService/Actions/DelliDRACCardService';

const CSR = {
  CommonName: 'idrac-7.lab.test',
  Organization: 'Lab',
  OrganizationalUnit: 'Ops',
  City: 'Berlin',
  State: 'Berlin',
  Country: 'DE',
  AlternativeNames: ['idrac-7.lab.test', '10.0.0.7'],
};

describe('iDRAC personas: certificates', function () {
  this.timeout(20_000);
  const lab = new Lab();
  afterEach(() => lab.stop());
  const { privateKey: signer } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  /** The certificate as it comes over the wire. */
  const served = async (persona: RunningPersona): Promise<X509Certificate> => {
    const { connect } = await import('node:tls');
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: persona.port, ...RELAXED }, () => {
        resolve(socket.getPeerX509Certificate()!);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  };

  describe('as Dell ships them', () => {
    const cases: [Generation, string, number, string, number][] = [
      ['6', 'iDRAC6 default certificate', 1024, 'sha1', 7],
      ['7', 'iDRAC7 default certificate', 2048, 'sha256', 7],
      ['8', 'iDRAC8 default certificate', 2048, 'sha256', 7],
      ['9-old', 'idrac-SVCTAG', 2048, 'sha256', 10],
      ['9', 'idrac-SVCTAG', 2048, 'sha256', 10],
      ['10', 'idrac-SVCTAG', 2048, 'sha256', 10],
    ];
    for (const [generation, name, bits, algorithm, years] of cases)
      it(`iDRAC${generation}: ${name}, RSA ${bits}, ${years} years and a day, no names`, async () => {
        const persona = await lab.start({ generation });
        const leaf = await served(persona);
        expect(leaf.fingerprint256).to.equal(persona.fingerprint);
        expect(leaf.subject.split('\n')).to.include(`CN=${name}`);
        expect(leaf.subject.split('\n')).to.include(
          generation === '6' ? 'OU=iDRAC Group' : 'OU=Remote Access Group',
        );
        expect(leaf.issuer).to.equal(leaf.subject);
        expect(leaf.verify(leaf.publicKey)).to.equal(true);
        expect(leaf.publicKey.asymmetricKeyType).to.equal('rsa');
        expect(leaf.publicKey.asymmetricKeyDetails?.modulusLength).to.equal(bits);
        expect(digestOf(leaf)).to.equal(algorithm);
        expect(leaf.subjectAltName).to.equal(undefined);
        const end = new Date(leaf.validFromDate.getTime() + DAY);
        end.setUTCFullYear(end.getUTCFullYear() + years);
        expect(leaf.validToDate.toISOString()).to.equal(end.toISOString());
        expect(Math.abs(leaf.validFromDate.getTime() + DAY - Date.now())).to.be.lessThan(60_000);
      });
  });

  describe('as asked for', () => {
    const strictly = (persona: RunningPersona, more = {}) =>
      shake(persona, { ...TODAY, ca: persona.authority, ...more });

    // Codes and words: facts/vm-and-clock.md, section 6.
    const cases: [CertificateKind, string, string][] = [
      ['healthy', 'OK', ''],
      ['expired', 'CERT_HAS_EXPIRED', 'certificate has expired'],
      ['self-signed-expired', 'CERT_HAS_EXPIRED', 'certificate has expired'],
      ['not-yet-valid', 'CERT_NOT_YET_VALID', 'certificate is not yet valid'],
      ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID', 'does not match'],
      ['weak-sha1', 'UNSPECIFIED', 'CA signature digest algorithm too weak'],
      ['weak-1024', 'UNSPECIFIED', 'EE certificate key too weak'],
    ];
    for (const [certificate, code, words] of cases)
      it(`${certificate} gives a strict client ${code}`, async () => {
        const persona = await lab.start({ generation: '9', certificate });
        const found = await strictly(persona);
        expect(found.code).to.equal(code);
        expect(found.reason).to.include(words);
        // Served all the same: a client that does not check gets through.
        expect((await shake(persona, RELAXED)).fingerprint).to.equal(persona.fingerprint);
      });

    it('is what it claims to be, field by field', async () => {
      const field = async (certificate: CertificateKind) => {
        const persona = await lab.start({ generation: '8', certificate });
        return { leaf: await served(persona), persona };
      };
      const healthy = await field('healthy');
      expect(healthy.leaf.checkIP('127.0.0.1')).to.equal('127.0.0.1');
      expect(healthy.leaf.checkHost(`idrac-${healthy.persona.serviceTag}`)).to.be.a('string');
      expect(healthy.leaf.issuer).to.include('pmx sandbox lab CA');
      expect(
        healthy.leaf.verify(new X509Certificate(healthy.persona.authority).publicKey),
      ).to.equal(true);
      const expired = (await field('expired')).leaf;
      expect(expired.validToDate.getTime()).to.be.lessThan(Date.now() - 365 * DAY);
      expect(expired.issuer).to.not.equal(expired.subject);
      const future = (await field('not-yet-valid')).leaf;
      expect(future.validFromDate.getTime()).to.be.greaterThan(Date.now() + 365 * DAY);
      const sha1 = (await field('weak-sha1')).leaf;
      expect(digestOf(sha1)).to.equal('sha1');
      expect(sha1.publicKey.asymmetricKeyDetails?.modulusLength).to.equal(2048);
      const short = (await field('weak-1024')).leaf;
      expect(digestOf(short)).to.equal('sha256');
      expect(short.publicKey.asymmetricKeyDetails?.modulusLength).to.equal(1024);
      const elsewhere = (await field('wrong-name')).leaf;
      expect(elsewhere.checkIP('127.0.0.1')).to.equal(undefined);
      expect(elsewhere.subjectAltName).to.equal('DNS:idrac-ELSEWHERE.example.com');
      const own = (await field('self-signed-expired')).leaf;
      expect(own.issuer).to.equal(own.subject);
      expect(own.validToDate.getTime()).to.be.lessThan(Date.now() - 365 * DAY);
    });

    it('is not trusted without its authority', async () => {
      const persona = await lab.start({ generation: '10', certificate: 'healthy' });
      expect((await shake(persona, {})).code).to.equal('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    });
  });

  describe('TLS', () => {
    const cases: [Generation, string[], string[]][] = [
      ['6', ['TLSv1', 'TLSv1.1', 'TLSv1.2'], ['TLSv1.3']],
      ['7', ['TLSv1.1', 'TLSv1.2'], ['TLSv1', 'TLSv1.3']],
      ['8', ['TLSv1.1', 'TLSv1.2'], ['TLSv1', 'TLSv1.3']],
      ['9-old', ['TLSv1.1', 'TLSv1.2'], ['TLSv1', 'TLSv1.3']],
      ['9', ['TLSv1.2', 'TLSv1.3'], ['TLSv1', 'TLSv1.1']],
      ['10', ['TLSv1.2', 'TLSv1.3'], ['TLSv1', 'TLSv1.1']],
    ];
    for (const [generation, spoken, refused] of cases)
      it(`iDRAC${generation} speaks ${spoken.join(', ')} and nothing else`, async () => {
        const persona = await lab.start({ generation });
        const only = (version: string) =>
          shake(persona, {
            ...RELAXED,
            minVersion: version as 'TLSv1',
            maxVersion: version as 'TLSv1',
          });
        for (const version of spoken) expect((await only(version)).protocol).to.equal(version);
        for (const version of refused) expect((await only(version)).code).to.match(/^ERR_SSL_/);
        expect(persona.tls).to.deep.equal({
          minVersion: spoken[0],
          maxVersion: spoken.at(-1),
          sslv3: false,
        });
      });

    it('of iDRAC6 is too weak for a client of today, even one that checks nothing', async () => {
      const persona = await lab.start({ generation: '6' });
      expect((await shake(persona, { ...TODAY, rejectUnauthorized: false })).code).to.equal(
        'ERR_SSL_DH_KEY_TOO_SMALL',
      );
      expect((await shake(persona, RELAXED)).cipher).to.equal(
        'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384',
      );
    });

    it('of iDRAC8 prefers the suite that was seen there', async () => {
      const persona = await lab.start({ generation: '8' });
      expect((await shake(persona, RELAXED)).cipher).to.equal('TLS_RSA_WITH_AES_128_CBC_SHA');
    });

    it('follows the attribute WebServer.1.TLSProtocol', async () => {
      const persona = await lab.start({ generation: '9' });
      const { status } = await ask(persona, `${MANAGER}/Oem/Dell/DellAttributes/iDRAC.Embedded.1`, {
        method: 'PATCH',
        basic: true,
        json: { Attributes: { 'WebServer.1.TLSProtocol': 'TLS 1.3 Only' } },
      });
      expect(status).to.equal(200);
      await sleep(20);
      expect((await shake(persona, { ...RELAXED, maxVersion: 'TLSv1.2' })).code).to.equal(
        'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      );
      expect(persona.tls.minVersion).to.equal('TLSv1.3');
    });
  });

  describe('over Redfish', () => {
    const request = (persona: RunningPersona, more: object) =>
      ask(persona, '/redfish/v1/CertificateService/Actions/CertificateService.GenerateCSR', {
        basic: true,
        json: { ...CSR, ...more },
      });
    const byObject = { CertificateCollection: { '@odata.id': COLLECTION } };
    const act = (persona: RunningPersona, name: string, json: object, card = CARD) =>
      ask(persona, `${card}.${name}`, { basic: true, json });

    it('makes a request with subject, names and a key of its own', async () => {
      const persona = await lab.start({ generation: '9' });
      const { status, json } = await request(persona, byObject);
      expect(status).to.equal(200);
      const wanted = readRequest(json.CSRString);
      expect(wanted.genuine).to.equal(true);
      expect(wanted.der.includes(Buffer.from([0x87, 4, 10, 0, 0, 7]))).to.equal(true);
      const leaf = new X509Certificate(grant(wanted, signer));
      expect(leaf.subject.split('\n')).to.have.members([
        'C=DE',
        'ST=Berlin',
        'L=Berlin',
        'O=Lab',
        'OU=Ops',
        'CN=idrac-7.lab.test',
      ]);
      expect(leaf.publicKey.equals((await served(persona)).publicKey)).to.equal(false);
    });

    it('wants references as objects on new firmware and as strings on old', async () => {
      const [young, old] = await Promise.all([
        lab.start({ generation: '9' }),
        lab.start({ generation: '9-old' }),
      ]);
      const byString = { CertificateCollection: COLLECTION };
      expect((await request(old, byString)).status).to.equal(200);
      expect(messageIds(await request(old, byObject))).to.deep.equal(['PropertyValueTypeError']);
      expect(messageIds(await request(young, byString))).to.deep.equal(['PropertyValueTypeError']);
      expect(messageIds(await request(young, {}))).to.deep.equal(['PropertyMissing']);
    });

    it('serves a granted request at once on 6.10, over ReplaceCertificate', async () => {
      const persona = await lab.start({ generation: '9' });
      const before = persona.fingerprint;
      const wanted = readRequest((await request(persona, byObject)).json.CSRString);
      const leaf = grant(wanted, signer);
      const replaced = await ask(
        persona,
        '/redfish/v1/CertificateService/Actions/CertificateService.ReplaceCertificate',
        {
          basic: true,
          json: {
            CertificateType: 'PEM',
            CertificateUri: { '@odata.id': SLOT },
            CertificateString: leaf,
          },
        },
      );
      expect(replaced.status).to.equal(200);
      expect(await servedAfter(persona, before)).to.equal(new X509Certificate(leaf).fingerprint256);
      expect(persona.fingerprint).to.equal(new X509Certificate(leaf).fingerprint256);
      const shown = (await ask(persona, SLOT, { basic: true })).json;
      expect(shown.Subject).to.include({ CommonName: 'idrac-7.lab.test', Country: 'DE' });
      expect(shown.Issuer.CommonName).to.equal('Test CA');
    });

    it('keeps the old certificate on 4.40 until the iDRAC has restarted', async () => {
      const persona = await lab.start({ generation: '9-old' });
      const before = persona.fingerprint;
      const made = await request(persona, { CertificateCollection: COLLECTION });
      const leaf = grant(readRequest(made.json.CSRString), signer);
      const taken = await act(
        persona,
        'ImportSSLCertificate',
        { CertificateType: 'Server', SSLCertificateFile: leaf },
        OLD_CARD,
      );
      expect(taken.status).to.equal(200);
      expect(messageIds(taken)).to.deep.equal(['SYS413', 'Success']);
      await sleep(80);
      expect((await shake(persona, RELAXED)).fingerprint).to.equal(before);
      const restarted = await ask(persona, `${MANAGER}/Actions/Manager.Reset`, {
        basic: true,
        json: { ResetType: 'GracefulRestart' },
      });
      expect(restarted.status).to.equal(204);
      expect((await shake(persona, RELAXED)).code).to.not.equal('OK');
      expect(await servedAfter(persona, before)).to.equal(new X509Certificate(leaf).fingerprint256);
    });

    it('refuses with LC011 what fits no key, and a request that a newer one has replaced', async () => {
      const persona = await lab.start({ generation: '9' });
      const stranger = makeCertificate({
        subject: { commonName: 'stranger' },
        key: signer,
        notBefore: new Date(Date.now() - DAY),
        notAfter: new Date(Date.now() + DAY),
        digest: 'sha256',
      });
      const first = grant(readRequest((await request(persona, byObject)).json.CSRString), signer);
      await request(persona, byObject);
      for (const text of [stranger, first, 'rubbish', PKCS12]) {
        const refused = await act(persona, 'ImportSSLCertificate', {
          CertificateType: 'Server',
          SSLCertificateFile: text,
        });
        expect(refused.status).to.equal(400);
        expect(messageIds(refused)).to.deep.equal(['LC011']);
      }
    });

    it('takes a key and then a certificate for it, from 6.00.02 on', async () => {
      const [young, old] = await Promise.all([
        lab.start({ generation: '9' }),
        lab.start({ generation: '9-old' }),
      ]);
      const key = await makeKey(2048);
      const leaf = makeCertificate({
        subject: { commonName: 'own-key' },
        key,
        issuer: { subject: { commonName: 'Test CA' }, key: signer },
        notBefore: new Date(Date.now() - DAY),
        notAfter: new Date(Date.now() + DAY),
        digest: 'sha256',
      });
      const before = young.fingerprint;
      const upload = { SSLKeyString: keyPem(key) };
      expect((await act(old, 'UploadSSLKey', upload, OLD_CARD)).status).to.equal(404);
      expect((await act(young, 'UploadSSLKey', upload)).status).to.equal(200);
      await act(young, 'ImportSSLCertificate', {
        CertificateType: 'Server',
        SSLCertificateFile: leaf,
      });
      expect(await servedAfter(young, before)).to.equal(new X509Certificate(leaf).fingerprint256);
    });

    it('takes PKCS#12 with its passphrase, exports, and goes back to its own by SSLResetCfg', async () => {
      const persona = await lab.start({ generation: '10', clockOffsetSeconds: 3 * 365 * 86_400 });
      const first = persona.fingerprint;
      const taken = await act(persona, 'ImportSSLCertificate', {
        CertificateType: 'CustomCertificate',
        SSLCertificateFile: PKCS12,
        Passphrase: 'open-sesame',
      });
      expect(taken.status).to.equal(200);
      const second = await servedAfter(persona, first);
      const exported = await act(persona, 'ExportSSLCertificate', { SSLCertType: 'Server' });
      const leaf = new X509Certificate(exported.json.CertificateFile);
      expect(leaf.subject).to.equal('CN=idrac-from-pkcs12');
      expect(leaf.fingerprint256).to.equal(second);
      expect((await act(persona, 'SSLResetCfg', {})).status).to.equal(200);
      await servedAfter(persona, second);
      const own = await served(persona);
      expect(own.subject).to.include('CN=idrac-SVCTAG');
      // A clock that is three years ahead makes a certificate that is not valid yet.
      expect(own.validFromDate.getTime()).to.be.greaterThan(Date.now() + 2 * 365 * DAY);
    });

    it('keeps other certificates apart and gives them back', async () => {
      const persona = await lab.start({ generation: '9', certificate: 'healthy' });
      const before = persona.fingerprint;
      const missing = await act(persona, 'ExportSSLCertificate', { SSLCertType: 'CA' });
      expect(missing.status).to.equal(404);
      await act(persona, 'ImportSSLCertificate', {
        CertificateType: 'CA',
        SSLCertificateFile: persona.authority,
      });
      const kept = await act(persona, 'ExportSSLCertificate', { SSLCertType: 'CA' });
      expect(kept.json.CertificateFile).to.equal(persona.authority);
      expect(persona.fingerprint).to.equal(before);
      const wrong = await act(persona, 'ExportSSLCertificate', { SSLCertType: 'Nonsense' });
      expect(messageIds(wrong)).to.deep.equal(['PropertyValueNotInList']);
    });

    it('lists the certificate, with dates that new Date() cannot read', async () => {
      const persona = await lab.start({ generation: '9' });
      const list = '/redfish/v1/CertificateService/CertificateLocations?$expand=*($levels=1)';
      const [found] = (await ask(persona, list, { basic: true })).json.Links.Certificates;
      const leaf = await served(persona);
      expect(found['@odata.id']).to.equal(SLOT);
      const end = leaf.validToDate;
      expect(found.ValidNotAfter).to.equal(
        `${end.getUTCFullYear()}-${end.getUTCMonth() + 1}-${end.getUTCDate()}T${end.toISOString().slice(11, 19)}+00:00`,
      );
      const attributes = (
        await ask(persona, `${MANAGER}/Oem/Dell/DellAttributes/iDRAC.Embedded.1`, { basic: true })
      ).json.Attributes;
      expect(new Date(attributes['SecurityCertificate.1.CertValidTo']).getTime()).to.equal(
        end.getTime(),
      );
    });

    it('has none of this on 7 and 8: 404 as an unknown resource', async () => {
      for (const generation of ['7', '8'] as const) {
        const persona = await lab.start({ generation });
        for (const path of ['/redfish/v1/CertificateService', SLOT]) {
          const answer = await ask(persona, path, { basic: true });
          expect(answer.status).to.equal(404);
          expect(messageIds(answer)).to.deep.equal(['SYS403']);
        }
      }
    });
  });

  describe('over WS-Man', () => {
    const DCIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/root/dcim';
    const invoke = (persona: RunningPersona, service: string, method: string, input = '') =>
      ask(persona, '/wsman', {
        basic: true,
        headers: { 'Content-Type': 'application/soap+xml;charset=UTF-8' },
        body: `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><wsa:Action s:mustUnderstand="true">${DCIM}/${service}/${method}</wsa:Action><wsman:ResourceURI>${DCIM}/${service}</wsman:ResourceURI><wsa:MessageID>uuid:1</wsa:MessageID></s:Header><s:Body><p:${method}_INPUT xmlns:p="${DCIM}/${service}">${input}</p:${method}_INPUT></s:Body></s:Envelope>`,
      });
    const value = (text: string, name: string): string =>
      new RegExp(`<n1:${name}>([\\s\\S]*?)</n1:${name}>`).exec(text)?.[1] ?? '';

    for (const generation of ['7', '8', '9-old'] as const)
      it(`iDRAC${generation}: request, import, restart`, async () => {
        const persona = await lab.start({ generation });
        const before = persona.fingerprint;
        const set = (name: string, text: string) =>
          `<p:AttributeName>Security.1#${name}</p:AttributeName><p:AttributeValue>${text}</p:AttributeValue>`;
        const made = async () =>
          readRequest(
            value(
              (await invoke(persona, 'DCIM_iDRACCardService', 'GenerateSSLCSR')).text,
              'SSLCSRFile',
            ),
          );
        await invoke(
          persona,
          'DCIM_iDRACCardService',
          'SetAttributes',
          `<p:Target>iDRAC.Embedded.1</p:Target>${set('CsrCommonName', 'r730.lab.test')}${set('CsrSubjectAltName', 'r730.lab.test,10.0.0.8')}`,
        );
        // Only a job makes them count.
        const early = new X509Certificate(grant(await made(), signer));
        expect(early.subject).to.include(`CN=idrac-${persona.serviceTag}`);
        await invoke(persona, 'DCIM_iDRACCardService', 'CreateTargetedConfigJob');
        const wanted = await made();
        const leaf = grant(wanted, signer);
        expect(new X509Certificate(leaf).subject).to.include('CN=r730.lab.test');
        expect(wanted.der.includes(Buffer.from([0x87, 4, 10, 0, 0, 8]))).to.equal(true);
        const taken = await invoke(
          persona,
          'DCIM_iDRACCardService',
          'ImportSSLCertificate',
          `<p:SSLCertificateFile>${leaf}</p:SSLCertificateFile><p:CertificateType>1</p:CertificateType>`,
        );
        expect(value(taken.text, 'ReturnValue')).to.equal('0');
        expect(persona.fingerprint).to.equal(before);
        await invoke(persona, 'DCIM_iDRACCardService', 'iDRACReset');
        expect(await servedAfter(persona, before)).to.equal(
          new X509Certificate(leaf).fingerprint256,
        );
      });

    it('refuses base64 around PEM, foreign certificates, wrong passwords and unknown methods', async () => {
      const persona = await lab.start({ generation: '8' });
      const foreign = persona.authority.replace('MII', 'MIJ');
      for (const text of [Buffer.from(persona.authority).toString('base64'), foreign]) {
        const answer = await invoke(
          persona,
          'DCIM_iDRACCardService',
          'ImportSSLCertificate',
          `<p:SSLCertificateFile>${text}</p:SSLCertificateFile><p:CertificateType>1</p:CertificateType>`,
        );
        expect(value(answer.text, 'MessageID')).to.equal('LC011');
        expect(value(answer.text, 'ReturnValue')).to.equal('2');
      }
      expect((await invoke(persona, 'DCIM_RAIDService', 'ResetConfig')).text).to.include(
        'wsa:ActionNotSupported',
      );
      expect((await ask(persona, '/wsman', { body: '<x/>' })).status).to.equal(401);
      expect((await ask(persona, '/wsman', { body: '<x/>', basic: 'wrong' })).status).to.equal(401);
    });

    it('takes PKCS#12, resets, and sets the clock', async () => {
      const persona = await lab.start({ generation: '8' });
      const first = persona.fingerprint;
      const pkcs12 = (pin: string) =>
        invoke(
          persona,
          'DCIM_LCService',
          'SetCertificateAndPrivateKey',
          `<p:Type>server</p:Type><p:PKCS12>${PKCS12}</p:PKCS12><p:PKCS12pin>${pin}</p:PKCS12pin>`,
        );
      expect(value((await pkcs12('wrong')).text, 'MessageID')).to.equal('LC011');
      expect(value((await pkcs12('open-sesame')).text, 'ReturnValue')).to.equal('0');
      await invoke(persona, 'DCIM_iDRACCardService', 'iDRACReset');
      const second = await servedAfter(persona, first);
      expect((await served(persona)).subject).to.equal('CN=idrac-from-pkcs12');
      await invoke(persona, 'DCIM_iDRACCardService', 'SSLResetCfg');
      await invoke(persona, 'DCIM_iDRACCardService', 'iDRACReset');
      await servedAfter(persona, second);
      expect((await served(persona)).subject).to.include('iDRAC8 default certificate');
      await invoke(
        persona,
        'DCIM_TimeService',
        'ManageTime',
        '<p:GetRequest>FALSE</p:GetRequest><p:TimeData>2016-02-03T04:05:06+00:00</p:TimeData>',
      );
      const read = await invoke(
        persona,
        'DCIM_TimeService',
        'ManageTime',
        '<p:GetRequest>TRUE</p:GetRequest>',
      );
      expect(value(read.text, 'TimeData')).to.match(/^2016-02-03T04:05:\d\d\+00:00$/);
    });

    it('is not there on 6, 9 and 10', async () => {
      for (const generation of ['6', '9', '10'] as const) {
        const persona = await lab.start({ generation });
        expect((await ask(persona, '/wsman', { basic: true, body: '<x/>' })).status).to.equal(404);
      }
    });
  });
});
