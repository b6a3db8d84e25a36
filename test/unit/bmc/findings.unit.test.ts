import { expect } from 'chai';

import { type CertificateFacts, noIdentity, type Probe } from '#dist/lib/bmc/index.js';
import { findingsOf, rules, statusOf, type View } from '#dist/lib/operations/idrac/findings.js';

const now = Date.UTC(2026, 10, 26);
const day = 86_400_000;
const iso = (days: number): string => new Date(now + days * day).toISOString();

const leaf: CertificateFacts = {
  subject: 'CN=idrac-1.example.org',
  issuer: 'CN=Lab CA',
  notBefore: iso(-100),
  notAfter: iso(300),
  daysLeft: 300,
  keyType: 'rsa',
  keyBits: 2048,
  sigAlg: 'sha256',
  selfSigned: false,
  defaultCert: false,
  san: ['idrac-1.example.org'],
  sha256: 'AA',
  keySha256: 'k1',
};

const healthy: Probe = {
  host: 'idrac-1.example.org',
  port: 443,
  address: '10.0.0.5',
  failure: null,
  tls: {
    version: 'TLSv1.3',
    suite: 'TLS_AES_256_GCM_SHA384',
    versions: null,
    via: 'strict',
    refused: null,
    trusted: true,
  },
  chain: [leaf],
  pem: [],
  http: { status: 200, skewSeconds: 0, hsts: false, refusesName: false },
  identity: { ...noIdentity, vendor: 'Dell', generation: 9, firmware: '7.00.00.00' },
  ms: 1,
};

const view = (probe: Partial<Probe>, more: Partial<View> = {}): View => ({
  probe: { ...healthy, ...probe },
  thresholds: { warnDays: 30, critDays: 14 },
  now,
  sharedWith: [],
  ...more,
});
const withLeaf = (facts: Partial<CertificateFacts>): Partial<Probe> => ({
  chain: [{ ...leaf, ...facts }],
});
const ca = { ...leaf, subject: 'CN=Lab CA', issuer: 'CN=Lab CA', selfSigned: true };
const http = healthy.http!;
const tls = healthy.tls!;
const failed = (stage: 'resolve' | 'connect' | 'tls' | 'http' | 'deadline', code = 'X') => ({
  stage,
  code,
  message: 'm',
});
const unseen: Partial<Probe> = { tls: null, chain: [], http: null, identity: noIdentity };

/** id, severity (undefined: nothing is found), what is seen. */
const rows: ReadonlyArray<[id: string, severity: string | undefined, seen: View]> = [
  ['not-checked', 'unknown', view({ ...unseen, failure: failed('deadline') })],
  ['not-checked', undefined, view({ ...unseen, failure: failed('connect') })],
  ['unreachable', 'unknown', view({ ...unseen, failure: failed('connect') })],
  ['unreachable', 'unknown', view({ ...unseen, failure: failed('resolve') })],
  ['unreachable', 'unknown', view({ ...unseen, failure: failed('tls', 'NOT_TLS') })],
  ['unreachable', undefined, view({ failure: failed('http') })],
  ['web-silent', 'warning', view({ failure: failed('http'), http: null })],
  ['not-idrac', 'unknown', view({ identity: noIdentity })],
  ['not-idrac', undefined, view({ identity: noIdentity, failure: failed('http') })],
  ['cert-expired', 'critical', view(withLeaf({ notAfter: iso(-1), daysLeft: -1 }))],
  ['cert-expired', 'critical', view({ chain: [leaf, { ...ca, notAfter: iso(-1) }] })],
  ['cert-expired', undefined, view({})],
  ['cert-not-yet-valid', 'critical', view(withLeaf({ notBefore: iso(1) }))],
  ['cert-expiring', 'warning', view(withLeaf({ notAfter: iso(20), daysLeft: 20 }))],
  ['cert-expiring', 'critical', view(withLeaf({ notAfter: iso(13), daysLeft: 13 }))],
  ['cert-expiring', undefined, view(withLeaf({ notAfter: iso(30), daysLeft: 30 }))],
  ['cert-expiring', undefined, view(withLeaf({ notAfter: iso(-3), daysLeft: -3 }))],
  ['chain-expires-first', 'warning', view({ chain: [leaf, { ...ca, notAfter: iso(200) }] })],
  ['chain-expires-first', undefined, view({ chain: [leaf, { ...ca, notAfter: iso(400) }] })],
  ['tls-legacy', 'critical', view({ tls: { ...tls, version: 'SSLv3', via: 'raw' } })],
  ['tls-legacy', 'critical', view({ tls: { ...tls, version: 'TLSv1', via: 'relaxed' } })],
  ['tls-legacy', 'warning', view({ tls: { ...tls, version: 'TLSv1.1', via: 'relaxed' } })],
  ['tls-legacy', undefined, view({ tls: { ...tls, version: 'TLSv1.2' } })],
  ['tls-weak', 'warning', view({ tls: { ...tls, version: 'TLSv1.2', via: 'relaxed' } })],
  ['tls-weak', undefined, view({ tls: { ...tls, version: 'TLSv1.1', via: 'relaxed' } })],
  ['key-weak', 'warning', view(withLeaf({ keyBits: 1024 }))],
  ['key-weak', undefined, view(withLeaf({ keyType: 'ec', keyBits: 256 }))],
  ['sig-weak', 'warning', view(withLeaf({ sigAlg: 'sha1' }))],
  ['sig-weak', 'warning', view(withLeaf({ sigAlg: 'md5' }))],
  ['sig-weak', undefined, view({ chain: [leaf, { ...ca, sigAlg: 'sha1' }] })],
  ['self-signed', 'info', view(withLeaf({ selfSigned: true }))],
  ['self-signed', undefined, view(withLeaf({ selfSigned: true, defaultCert: true }))],
  ['default-cert', 'info', view(withLeaf({ selfSigned: true, defaultCert: true }))],
  ['name-mismatch', 'warning', view(withLeaf({ san: ['other.example.org'] }))],
  ['name-mismatch', undefined, view(withLeaf({ san: ['*.example.org'] }))],
  ['name-mismatch', 'warning', view({ ...withLeaf({ san: ['*.org'] }) })],
  ['name-mismatch', undefined, view({ host: '10.0.0.5' })],
  ['cert-changed', 'critical', view({}, { pin: 'BB' })],
  ['cert-changed', undefined, view({}, { pin: 'AA' })],
  ['shared-key', 'warning', view({}, { sharedWith: ['10.0.0.6'] })],
  ['clock-skew', 'warning', view({ http: { ...http, skewSeconds: -301 } })],
  ['clock-skew', 'critical', view({ http: { ...http, skewSeconds: 86_401 } })],
  ['clock-skew', undefined, view({ http: { ...http, skewSeconds: 300 } })],
  ['clock-skew', undefined, view({ http: { ...http, skewSeconds: null } })],
  ['host-header', 'warning', view({ http: { ...http, refusesName: true } })],
  ['hsts', 'info', view({ http: { ...http, hsts: true } })],
  [
    'hsts',
    'warning',
    view({ http: { ...http, hsts: true }, ...withLeaf({ notAfter: iso(-1), daysLeft: -1 }) }),
  ],
  ['fw-old', 'info', view({ identity: { ...healthy.identity, firmware: '4.40.00.00' } })],
  [
    'fw-old',
    undefined,
    view({ identity: { ...healthy.identity, generation: 10, firmware: '1.20.50.52' } }),
  ],
];

describe('findings', () => {
  for (const [id, severity, seen] of rows) {
    it(`${id}: ${severity ?? 'nothing'}, row ${rows.findIndex((row) => row[2] === seen)}`, () => {
      const found = findingsOf(seen, true).find((finding) => finding.id === id);
      expect(found?.severity).to.equal(severity);
      if (found) {
        expect(found.message).to.match(/\.$/);
        expect(found.suggestion).to.match(/\.$/);
      }
    });
  }

  it('has a row here for every rule', () => {
    const hit = new Set(rows.filter(([, severity]) => severity !== undefined).map(([id]) => id));
    expect(rules.map(({ id }) => id).filter((id) => !hit.has(id))).to.deep.equal([]);
  });

  it('finds nothing at a healthy host', () => {
    expect(findingsOf(view({}), true)).to.deep.equal([]);
    expect(statusOf([])).to.equal('ok');
  });

  it('tells the worst first, and leaves out what only controllers have', () => {
    const seen = view({
      ...withLeaf({ keyBits: 1024, notAfter: iso(-1), daysLeft: -1, defaultCert: true }),
    });
    expect(findingsOf(seen, true).map(({ severity }) => severity)).to.deep.equal([
      'critical',
      'warning',
      'info',
    ]);
    expect(findingsOf(seen, false).map(({ id }) => id)).to.deep.equal(['cert-expired', 'key-weak']);
  });
});

describe('what to type next', () => {
  const command = (generation: 8 | 9): string | null => {
    const identity = { ...noIdentity, vendor: 'Dell', generation };
    const ended = withLeaf({ notAfter: iso(-1), daysLeft: -1 });
    return findingsOf(view({ ...ended, identity }), true)[0]!.command;
  };

  it('is pmx where it has the cure, else racadm', () => {
    expect(command(9)).to.equal('pmx idrac cert reset idrac-1.example.org');
    expect(command(8)).to.equal('racadm -r idrac-1.example.org -i sslresetcfg');
  });
});
