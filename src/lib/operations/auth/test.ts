import type { AccessFacts, CertificateReport, PveReader, Session } from '@pmx-cli/kit';
import { ProxmoxError } from '@pmx-cli/kit/errors';

import { readToken, type TokenFacts } from './identity.js';

export interface AccessReport {
  endpoint: string;
  context: string | null;
  identity: string;
  version: string;
  /** Of one small request over an open connection, the middle one of three. */
  latencyMillis: number;
  /** How far the server's clock is ahead of this one; to the second. */
  clockSkewSeconds: number;
  certificate: { fingerprint: string; validTo: string; daysLeft: number; problems: string[] };
  token: TokenFacts | null;
  sees: { nodes: number; guests: number; storages: number; privileges: number };
  warnings: string[];
}

const day = 24 * 60 * 60 * 1000;
/** Tickets are good from five minutes before the server's time on; well before that it is odd. */
const oddSkewSeconds = 30;
const certificateDays = 30;
const tokenDays = 14;

/**
 * Tries everything that a connection needs, and says what will break soon.
 * @throws ProxmoxError `PMX_SEES_NOTHING` when the login is right but good for nothing
 */
export async function testAccess(session: Pick<Session, 'access' | 'pve'>): Promise<AccessReport> {
  const facts = await session.access.facts();
  const pve = await session.pve();
  const { version } = await pve.get<{ version: string }>('/version');
  const latencyMillis = await latencyOf(pve);
  const { host, port, clockOffset, fingerprint } = await session.access.answered();
  const endpoint = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const certificate = await session.access.certificate({
    endpoint,
    ...(facts.caFile !== undefined && { caFile: facts.caFile }),
    ...(facts.proxy !== undefined && { proxy: facts.proxy }),
  });
  const [user = '', tokenName] = facts.identity.split('!');
  const report: AccessReport = {
    endpoint,
    context: facts.context ?? null,
    identity: facts.identity,
    version,
    latencyMillis,
    // A Date header is cut to the second, so half of one is missing in the middle.
    clockSkewSeconds: Math.round((clockOffset + 500) / 1000),
    certificate: {
      fingerprint,
      validTo: certificate.validTo,
      daysLeft: Math.floor((Date.parse(certificate.validTo) - Date.now()) / day),
      problems: certificate.problems,
    },
    token: tokenName === undefined ? null : await readToken(pve, user, tokenName),
    sees: await whatIsSeen(pve),
    warnings: [],
  };
  report.warnings.push(...warningsOf(report, facts, certificate));
  if (report.sees.privileges === 0) throw seesNothing(report, user, tokenName);
  return report;
}

async function latencyOf(pve: PveReader): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    await pve.get('/version');
    times.push(performance.now() - started);
  }
  return Math.round(times.sort((a, b) => a - b)[1]!);
}

async function whatIsSeen(pve: PveReader): Promise<AccessReport['sees']> {
  const [resources, permissions] = await Promise.all([
    pve.get<Array<{ type: string }>>('/cluster/resources'),
    pve.get<Record<string, Record<string, number>>>('/access/permissions'),
  ]);
  const count = (...types: string[]): number =>
    resources.filter(({ type }) => types.includes(type)).length;
  return {
    nodes: count('node'),
    guests: count('qemu', 'lxc'),
    storages: count('storage'),
    privileges: new Set(Object.values(permissions).flatMap((held) => Object.keys(held))).size,
  };
}

function warningsOf(
  { clockSkewSeconds, certificate, token }: AccessReport,
  { trust }: AccessFacts,
  { validTo }: CertificateReport,
): string[] {
  const warnings: string[] = [];
  if (Math.abs(clockSkewSeconds) > oddSkewSeconds) {
    warnings.push(
      `The server's clock is ${Math.abs(clockSkewSeconds)} s ${clockSkewSeconds > 0 ? 'ahead of' : 'behind'} this machine's: logins with a code or a ticket will fail when it grows. Check chrony on both.`,
    );
  }
  if (certificate.daysLeft < 0)
    warnings.push(`The certificate expired on ${validTo.slice(0, 10)}.`);
  else if (certificate.daysLeft < certificateDays)
    warnings.push(`The certificate is good for ${certificate.daysLeft} more days only.`);
  if (trust === 'not verified') warnings.push('The certificate is not verified (insecure).');
  const left = token?.expires
    ? Math.floor((Date.parse(token.expires) - Date.now()) / day)
    : undefined;
  if (left !== undefined && left < tokenDays)
    warnings.push(`The token expires in ${left} days (${token!.expires!.slice(0, 10)}).`);
  return warnings;
}

function seesNothing(
  report: AccessReport,
  user: string,
  tokenName: string | undefined,
): ProxmoxError {
  const token = tokenName === undefined ? undefined : `${user}!${tokenName}`;
  const separated = report.token?.privilegeSeparated !== false;
  return new ProxmoxError({
    code: 'PMX_SEES_NOTHING',
    message:
      token === undefined
        ? `The login of ${user} is right, but it sees nothing: it has no rights on ${report.endpoint}.`
        : separated
          ? `The token ${token} is accepted, but it sees nothing: a privilege-separated token has only what both it and its user were granted, and that is nothing.`
          : `The token ${token} is accepted, but it sees nothing: its user ${user} has no rights.`,
    hints: [
      token === undefined || !separated
        ? `On a node: pveum acl modify / --users ${user} --roles PVEAuditor`
        : `On a node: pveum acl modify / --tokens '${token}' --roles PVEAuditor (and --users ${user}, unless it has rights already)`,
      'Or log in again with a password, and pmx makes a token with rights: pmx login NAME --user USER --create-token',
    ],
    data: { report },
  });
}
