import { X509Certificate } from 'node:crypto';

import { expect } from 'chai';

import { judgeCertificate } from '#dist/lib/auth/certificate.js';
import {
  type CertificateOrder,
  makeCertificate,
  makeKey,
} from '../../../plugins/sandbox/dist/server/idrac/x509.js';

const day = 24 * 60 * 60 * 1000;
const now = new Date('2026-06-01T12:00:00Z');
const address = { host: 'pve1.test', port: 8006 };

describe('auth: what is wrong with a certificate', () => {
  let order: CertificateOrder;
  let authority: NonNullable<CertificateOrder['issuer']>;
  before(async function () {
    this.timeout(60_000);
    order = {
      subject: { commonName: 'pve1.test' },
      key: await makeKey(2048),
      notBefore: new Date(now.getTime() - day),
      notAfter: new Date(now.getTime() + 100 * day),
      digest: 'sha256',
      names: ['pve1.test', '10.0.0.5'],
    };
    authority = { subject: { commonName: 'Lab CA' }, key: await makeKey(2048) };
    order.issuer = authority;
  });

  const judge = (
    changes: Partial<CertificateOrder> = {},
    verification: string | undefined = undefined,
    host = address.host,
  ) => {
    const der = new X509Certificate(makeCertificate({ ...order, ...changes })).raw;
    return judgeCertificate(der, { ...address, host }, verification, now);
  };

  it('nothing, when it is trusted, in time, strong and for this name or address', () => {
    for (const host of ['pve1.test', '10.0.0.5']) {
      const report = judge({}, undefined, host);
      expect(report.problems).to.deep.equal([]);
      expect(report).to.include({ trusted: true, subject: 'pve1.test', issuer: 'Lab CA' });
      expect(report.validTo).to.equal('2026-09-09T12:00:00.000Z');
      expect(report.fingerprint).to.match(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    }
  });

  const wrong: Array<
    [name: string, changes: () => Partial<CertificateOrder>, code: string, problem: RegExp]
  > = [
    [
      'self-signed',
      () => ({ issuer: undefined }),
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      /^is self-signed$/,
    ],
    [
      'signed by the CA of the cluster',
      () => ({}),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      /not signed by a CA that this machine trusts, as that of a fresh/,
    ],
    [
      'signed by an unknown CA that it brings along',
      () => ({}),
      'SELF_SIGNED_CERT_IN_CHAIN',
      /CA that this machine does not know/,
    ],
    [
      'expired',
      () => ({ notAfter: new Date(now.getTime() - 1) }),
      'CERT_HAS_EXPIRED',
      /^expired on 2026-06-01$/,
    ],
    [
      'not valid yet, with the clock of this machine',
      () => ({ notBefore: new Date(now.getTime() + day) }),
      'CERT_NOT_YET_VALID',
      /^is not valid before 2026-06-02 \(this machine's clock says 2026-06-01T12:00/,
    ],
    [
      'for another name',
      () => ({ names: ['elsewhere.test'] }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
      /^was issued for elsewhere\.test, not for pve1\.test$/,
    ],
    ['signed with SHA-1', () => ({ digest: 'sha1' }), 'CA_MD_TOO_WEAK', /weak signature \(SHA-1\)/],
  ];
  for (const [name, changes, code, problem] of wrong) {
    it(name, () => {
      const report = judge(changes(), code);
      expect(report.trusted).to.equal(false);
      expect(report.problems.filter((text) => problem.test(text))).to.have.length(1);
    });
  }

  it('a short key', async () => {
    const report = judge({ key: await makeKey(1024) });
    expect(report.problems).to.deep.equal(['has a weak key (RSA with 1024 bits)']);
  });

  it('everything at once, where a handshake stops at the first', async () => {
    const report = judge(
      {
        key: await makeKey(1024),
        issuer: undefined,
        digest: 'sha1',
        names: ['a.test', 'b.test'],
        notAfter: new Date(now.getTime() - 400 * day),
        notBefore: new Date(now.getTime() - 500 * day),
      },
      'CERT_HAS_EXPIRED',
    );
    expect(report.problems).to.have.length(5);
    expect(report.problems.join()).to.contain('a.test, b.test');
  });

  it('another IP address than those in it', () => {
    expect(judge({}, undefined, '10.0.0.6').problems).to.deep.equal([
      'was issued for pve1.test, 10.0.0.5, not for 10.0.0.6',
    ]);
  });
});
