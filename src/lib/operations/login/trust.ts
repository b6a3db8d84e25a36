import type { CertificateReport, ServerAddress } from '@pmx-cli/kit';
import { isPmxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { parseProxy } from './endpoint.js';
import type { LoginRequest, LoginSession, Target } from './request.js';

export interface TrustedServer {
  server: ServerAddress;
  certificate: CertificateReport;
}

/** Another port may have the API: nothing listens here, or something else does. */
const elsewhere = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ECONNRESET',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

/**
 * Finds the port, looks at the certificate and settles why it is trusted: a CA, a pin, or the word
 * of the person. Nothing but a TLS greeting has been sent when this returns.
 *
 * @throws SurroundingsError `PMX_UNREACHABLE`, `PMX_TLS_UNTRUSTED`, `PMX_TLS_FINGERPRINT_CHANGED`;
 *   RequestError `PMX_DECLINED`
 */
export async function settleTrust(
  session: LoginSession,
  request: LoginRequest,
  target: Target,
): Promise<TrustedServer> {
  const { record } = target;
  const chosen =
    request.fingerprint !== undefined || request.caFile !== undefined || request.insecure;
  const stored = chosen ? undefined : record;
  const caFile = request.caFile ?? stored?.caFile;
  const proxy = request.proxy === undefined ? record?.proxy : parseProxy(request.proxy);
  const { endpoint, certificate } = await firstReachable(session, target.candidates, {
    ...(caFile !== undefined && { caFile }),
    ...(proxy !== undefined && { proxy }),
  });
  const base: ServerAddress = {
    endpoint,
    ...(proxy !== undefined && { proxy }),
    ...(record?.headers && { headers: record.headers }),
  };
  show(session, endpoint, certificate);
  const pin = request.fingerprint ?? stored?.fingerprint;
  if (pin !== undefined) {
    if (pin !== certificate.fingerprint) throw changed(endpoint, pin, certificate, target.name);
    return { server: { ...base, fingerprint: pin }, certificate };
  }
  if (request.insecure || stored?.insecure)
    return { server: { ...base, insecure: true }, certificate };
  if (certificate.trusted)
    return { server: { ...base, ...(caFile !== undefined && { caFile }) }, certificate };
  if (!session.prompt.possible) throw untrusted(endpoint, certificate, request);
  if (await session.prompt.confirm('Is this the right certificate? It alone will be trusted'))
    return { server: { ...base, fingerprint: certificate.fingerprint }, certificate };
  throw new RequestError({
    code: 'PMX_DECLINED',
    message: `The certificate of ${endpoint} was not accepted. Nothing was sent and nothing stored.`,
    hints: [compareHint],
  });
}

const compareHint =
  'Compare on the node itself: openssl x509 -in /etc/pve/local/pve-ssl.pem -noout -fingerprint -sha256 (or pveproxy-ssl.pem, where that exists)';

async function firstReachable(
  session: LoginSession,
  candidates: readonly string[],
  how: Omit<ServerAddress, 'endpoint'>,
): Promise<{ endpoint: string; certificate: CertificateReport }> {
  let first: unknown;
  for (const endpoint of candidates) {
    try {
      return { endpoint, certificate: await session.access.certificate({ endpoint, ...how }) };
    } catch (error) {
      first ??= error;
      const reason = isPmxError(error) ? error.data?.['reason'] : undefined;
      if (!elsewhere.has(String(reason))) throw error;
    }
  }
  throw first;
}

function show(session: LoginSession, endpoint: string, certificate: CertificateReport): void {
  const { note } = session.output;
  const say = note.bind(session.output);
  say(`Server       ${endpoint}`);
  say(
    `Certificate  ${certificate.subject || 'no name'}, issued by ${certificate.issuer || 'nobody'}`,
  );
  say(`Valid        ${certificate.validFrom.slice(0, 10)} to ${certificate.validTo.slice(0, 10)}`);
  say(`SHA-256      ${certificate.fingerprint}`);
  for (const problem of certificate.problems) say(`  ! it ${problem}`);
}

function changed(
  endpoint: string,
  pinned: string,
  { fingerprint }: CertificateReport,
  name: string,
): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_TLS_FINGERPRINT_CHANGED',
    message: `${endpoint} does not show the expected certificate: expected ${pinned}, seen ${fingerprint}. Nothing was sent.`,
    hints: [
      compareHint,
      `If the one seen is right: pmx login ${name} --host ${new URL(endpoint).host} --fingerprint ${fingerprint}`,
      'If not, somebody may be sitting between you and the server.',
    ],
    data: { endpoint, pinned, fingerprint },
  });
}

function untrusted(
  endpoint: string,
  { fingerprint, problems }: CertificateReport,
  { argv }: LoginRequest,
): SurroundingsError {
  const why = problems.length > 0 ? problems.join('; it ') : 'is not trusted by this machine';
  return new SurroundingsError({
    code: 'PMX_TLS_UNTRUSTED',
    message: `The certificate of ${endpoint} ${why}. Its SHA-256 is ${fingerprint}. Nothing was sent.`,
    hints: [
      compareHint,
      `If it is the right one: pmx login ${pasteable(argv)} --fingerprint ${fingerprint}`,
      'Or trust the CA of the cluster (/etc/pve/pve-root-ca.pem of a node): --ca-cert FILE',
    ],
    data: { endpoint, fingerprint, problems },
  });
}

/** The same command again, but for a code, which was good once. */
function pasteable(argv: readonly string[]): string {
  return argv
    .filter(
      (word, index) => word !== '--otp' && argv[index - 1] !== '--otp' && !/^--otp=/.test(word),
    )
    .map((word) =>
      /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(' ');
}
