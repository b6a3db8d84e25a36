import { isIP } from 'node:net';

import { type CertificateFacts, isForName, type Probe } from '../../bmc/index.js';
import { olderThan } from './firmware.js';
import type { Thresholds } from './thresholds.js';

export type Severity = 'critical' | 'warning' | 'unknown' | 'info';
export type Status = 'ok' | 'warning' | 'critical' | 'unknown';

export interface Finding {
  id: string;
  severity: Severity;
  message: string;
  suggestion: string;
  /** What to type next; null when there is nothing to type. */
  command: string | null;
}

/** What a rule may look at. */
export interface View {
  probe: Probe;
  thresholds: Thresholds;
  now: number;
  /** The fingerprint that was stored for this host. */
  pin?: string | undefined;
  /** Other hosts with the same public key. */
  sharedWith: readonly string[];
}

interface Hit {
  severity: Severity;
  message: string;
}

interface Rule {
  id: string;
  /** Makes sense for management controllers only. */
  bmc?: true;
  when(view: View): Hit | undefined;
  suggestion: string | ((view: View) => string);
  command?(view: View): string | null;
}

const minute = 60;
const day = 86_400;

const where = ({ host, port }: Probe): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${port}`;
};

const isBmc = ({ identity }: Probe): boolean => identity.vendor !== null;

/** How the firmware makes itself a new certificate. */
const racadm =
  (line: string) =>
  ({ probe }: View): string | null =>
    probe.identity.vendor === 'Dell' ? `racadm -r ${probe.host} -i ${line}` : null;
/** iDRAC9 and newer are cured by pmx itself, older ones by racadm. */
const cure =
  (words: string, line: string) =>
  (view: View): string | null => {
    const { probe } = view;
    const { generation } = probe.identity;
    return generation !== null && generation >= 9
      ? `pmx idrac ${words.replace('HOST', where(probe))}`
      : racadm(line)(view);
  };
const newCertificate = cure('cert reset HOST', 'sslresetcfg');
const window = ({ probe }: View): string => `pmx idrac window ${where(probe)}`;

function expired({ probe, now }: View): CertificateFacts | undefined {
  return probe.chain.find(({ notAfter }) => Date.parse(notAfter) < now);
}

function notYet({ probe, now }: View): CertificateFacts | undefined {
  return probe.chain.find(({ notBefore }) => Date.parse(notBefore) > now);
}

const weakDigests = new Set(['md2', 'md5', 'sha1']);
/** A signature of one's own proves nothing; of an authority's root neither. */
const signed = (chain: readonly CertificateFacts[]): readonly CertificateFacts[] =>
  chain.filter((certificate, at) => at === 0 || !certificate.selfSigned);

/** Of the certificate itself, for which clients refuse it at any date: "has a key of 1024 bits". */
export function weaknessOfLeaf([leaf]: readonly CertificateFacts[]): string | undefined {
  if (!leaf) return undefined;
  if (leaf.keyType.startsWith('rsa') && leaf.keyBits !== null && leaf.keyBits < 2048)
    return `has a key of ${leaf.keyBits} bits`;
  return weakDigests.has(leaf.sigAlg) ? `is signed with ${leaf.sigAlg.toUpperCase()}` : undefined;
}

const hit = (severity: Severity, message: string): Hit => ({ severity, message });
const date = (iso: string): string => iso.slice(0, 10);
const hours = (seconds: number): string => {
  const size = Math.abs(seconds);
  if (size < 2 * 3600) return `${Math.round(size / 60)} minutes`;
  return size < 2 * day ? `${Math.round(size / 3600)} hours` : `${Math.round(size / day)} days`;
};

/** One row for each thing that can be wrong; several may be at once. */
export const rules: readonly Rule[] = [
  {
    id: 'not-checked',
    when: ({ probe: { failure } }) =>
      failure?.stage === 'deadline'
        ? hit('unknown', `Not looked at: ${failure.message}.`)
        : undefined,
    suggestion: 'Give it more time (--deadline), or look at fewer hosts.',
  },
  {
    id: 'unreachable',
    when: ({ probe: { failure, tls } }) =>
      failure && tls === null && failure.stage !== 'deadline'
        ? hit('unknown', `Not reached: ${failure.message}.`)
        : undefined,
    suggestion: ({ probe }) => {
      if (probe.failure?.stage === 'resolve') return 'Check the name, or use the address.';
      if (probe.failure?.code === 'NOT_TLS')
        return 'Something else listens there; check the port (--port).';
      return 'Check that it has power and network, its VLAN, the firewall and the port (--port).';
    },
  },
  {
    id: 'web-silent',
    when: ({ probe: { failure, tls } }) =>
      failure && tls !== null && failure.stage === 'http'
        ? hit('warning', `TLS answers, the web server behind it does not: ${failure.message}.`)
        : undefined,
    suggestion: 'It may be starting or out of sessions; when it stays so, restart the controller.',
    command: racadm('racreset'),
  },
  {
    id: 'not-idrac',
    bmc: true,
    when: ({ probe }) =>
      probe.http !== null && probe.failure === null && !isBmc(probe)
        ? hit('unknown', 'What answers shows no mark of a management controller.')
        : undefined,
    suggestion: 'Check address and port; for other HTTPS hosts there is pmx net check.',
    command: ({ probe }) => `pmx net check ${where(probe)}`,
  },
  {
    id: 'cert-expired',
    when: (view) => {
      const one = expired(view);
      if (!one) return undefined;
      const which = one === view.probe.chain[0] ? 'The certificate' : `The issuer (${one.subject})`;
      return hit('critical', `${which} ended on ${date(one.notAfter)}.`);
    },
    suggestion: ({ probe }) =>
      probe.identity.vendor === 'Dell'
        ? 'Have the controller make a new one, or install one of your own; until then a shifted clock opens it.'
        : 'Install a new certificate.',
    command: newCertificate,
  },
  {
    id: 'cert-not-yet-valid',
    when: (view) => {
      const one = notYet(view);
      return one && hit('critical', `A certificate begins on ${date(one.notBefore)} only.`);
    },
    suggestion:
      'The clock of the controller was wrong when it made the certificate: set the clock, then make a new one.',
    command: newCertificate,
  },
  {
    id: 'cert-expiring',
    when: (view) => {
      const { probe, thresholds } = view;
      if (expired(view) || probe.chain.length === 0) return undefined;
      const least = Math.min(...probe.chain.map(({ daysLeft }) => daysLeft));
      if (least >= thresholds.warnDays) return undefined;
      const severity = least < thresholds.critDays ? 'critical' : 'warning';
      return hit(severity, `The certificate ends in ${least} ${least === 1 ? 'day' : 'days'}.`);
    },
    suggestion: 'Replace it before that day.',
    command: newCertificate,
  },
  {
    id: 'chain-expires-first',
    when: ({ probe: { chain } }) => {
      const [leaf, ...issuers] = chain;
      const first = issuers.find(({ notAfter }) => leaf && notAfter < leaf.notAfter);
      return first && hit('warning', `${first.subject} ends before the certificate it signed.`);
    },
    suggestion: 'Renew the authority and issue the certificate again.',
  },
  {
    id: 'tls-legacy',
    when: ({ probe: { tls } }) => {
      if (!tls || ['TLSv1.2', 'TLSv1.3'].includes(tls.version)) return undefined;
      const severity = tls.version === 'TLSv1.1' ? 'warning' : 'critical';
      return hit(
        severity,
        `${tls.version} is the best that it speaks; no current client takes it.`,
      );
    },
    suggestion:
      'Update the firmware or raise the TLS version; shifting a clock does not help here, only an old client does.',
    command: racadm('set idrac.webserver.tlsprotocol 2'),
  },
  {
    id: 'tls-weak',
    when: ({ probe: { tls } }) =>
      tls && ['TLSv1.2', 'TLSv1.3'].includes(tls.version) && tls.via !== 'strict'
        ? hit('warning', `Current clients end the handshake: ${tls.refused}.`)
        : undefined,
    suggestion: 'Update the firmware, or choose stronger ciphers.',
  },
  {
    id: 'key-weak',
    when: ({ probe: { chain } }) => {
      const weak = chain.find(
        ({ keyType, keyBits }) => keyType.startsWith('rsa') && keyBits !== null && keyBits < 2048,
      );
      return weak && hit('warning', `The key has ${weak.keyBits} bits, less than 2048.`);
    },
    suggestion: 'Update the firmware, then make a new certificate.',
    command: newCertificate,
  },
  {
    id: 'sig-weak',
    when: ({ probe: { chain } }) => {
      const weak = signed(chain).find(({ sigAlg }) => weakDigests.has(sigAlg));
      return weak && hit('warning', `The certificate is signed with ${weak.sigAlg.toUpperCase()}.`);
    },
    suggestion: 'Update the firmware, then make a new certificate.',
    command: newCertificate,
  },
  {
    id: 'self-signed',
    when: ({ probe: { chain } }) =>
      chain[0]?.selfSigned && !chain[0].defaultCert
        ? hit('info', 'The certificate is signed by itself, so no client trusts it.')
        : undefined,
    suggestion: 'Install one of your authority, or remember this one.',
    command: ({ probe }) => `pmx idrac pin ${where(probe)}`,
  },
  {
    id: 'default-cert',
    bmc: true,
    when: ({ probe: { chain } }) =>
      chain[0]?.defaultCert
        ? hit('info', 'The certificate is the one that the firmware made for itself.')
        : undefined,
    suggestion: 'Install one of your authority, or remember this one.',
    command: ({ probe }) => `pmx idrac pin ${where(probe)}`,
  },
  {
    id: 'name-mismatch',
    when: ({ probe: { chain, host } }) => {
      const [leaf] = chain;
      if (!leaf || isIP(host) !== 0 || isForName(leaf, host)) return undefined;
      const names = leaf.san.length > 0 ? leaf.san.join(', ') : leaf.subject;
      return hit('warning', `The certificate is for ${names}, not for ${host}.`);
    },
    suggestion: ({ probe }) => `Issue it for ${probe.host} (subject alternative name).`,
  },
  {
    id: 'cert-changed',
    when: ({ probe: { chain }, pin }) =>
      pin !== undefined && chain[0] && chain[0].sha256 !== pin
        ? hit('critical', 'The certificate is another one than the one remembered.')
        : undefined,
    suggestion:
      'Find out who changed it, by another way than this network; then remember the new one.',
    command: ({ probe }) => `pmx idrac pin ${where(probe)} --repin`,
  },
  {
    id: 'shared-key',
    when: ({ sharedWith }) =>
      sharedWith.length > 0
        ? hit(
            'warning',
            `The same key is on ${sharedWith.slice(0, 3).join(', ')}${sharedWith.length > 3 ? ' and others' : ''}.`,
          )
        : undefined,
    suggestion: 'Who has one of them can pose as all: give each a key of its own.',
    command: newCertificate,
  },
  {
    id: 'clock-skew',
    when: ({ probe: { http } }) => {
      const skew = http?.skewSeconds ?? 0;
      if (Math.abs(skew) <= 5 * minute) return undefined;
      return hit(
        Math.abs(skew) > day ? 'critical' : 'warning',
        `Its clock is ${hours(skew)} ${skew > 0 ? 'ahead' : 'behind'}.`,
      );
    },
    suggestion:
      'Set the clock, or have it follow an NTP server; new certificates get their dates from it.',
    command: cure('time sync HOST --ntp NTP-SERVER', 'set idrac.ntpconfiggroup.ntpenable 1'),
  },
  {
    id: 'host-header',
    bmc: true,
    when: ({ probe: { http } }) =>
      http?.refusesName
        ? hit('warning', 'It answers to its address, not to this name.')
        : undefined,
    suggestion: 'Tell it the name.',
    command: (view) => racadm(`set idrac.webserver.manualdnsentry ${view.probe.host}`)(view),
  },
  {
    id: 'hsts',
    when: (view) => {
      if (view.probe.http?.hsts !== true) return undefined;
      const blocked = expired(view) !== undefined;
      return hit(
        blocked ? 'warning' : 'info',
        blocked
          ? 'It asks browsers for HSTS, so by name they offer no way past the expired certificate.'
          : 'It asks browsers for HSTS: by name they offer no way past a bad certificate.',
      );
    },
    suggestion: 'Go by its address, or open a window of time.',
    command: window,
  },
  {
    id: 'fw-old',
    bmc: true,
    when: ({ probe: { identity } }) => {
      const { generation, firmware } = identity;
      if (generation === null || firmware === null) return undefined;
      const wanted = olderThan(generation, firmware);
      return (
        wanted &&
        hit('info', `Firmware ${firmware} is older than ${wanted.version}: ${wanted.why}.`)
      );
    },
    suggestion: "Get the newest one from Dell's support page, by the service tag.",
  },
];

const order: readonly Severity[] = ['critical', 'warning', 'unknown', 'info'];

/** Everything that is to be said about a host, the worst first. */
export function findingsOf(view: View, bmc: boolean): Finding[] {
  return rules
    .filter((rule) => bmc || rule.bmc !== true)
    .flatMap((rule) => {
      const found = rule.when(view);
      if (!found) return [];
      const { suggestion, command } = rule;
      return [
        {
          id: rule.id,
          ...found,
          suggestion: typeof suggestion === 'string' ? suggestion : suggestion(view),
          command: command?.(view) ?? null,
        },
      ];
    })
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** The worst counts; what is only to be known counts as well as nothing. */
export function statusOf(findings: readonly Finding[]): Status {
  const worst = findings[0]?.severity ?? 'info';
  return worst === 'info' ? 'ok' : worst;
}
