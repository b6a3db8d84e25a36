import { ProxmoxError, RequestError } from '@pmx-cli/kit/errors';

import type { Ticket, TicketAnswer } from '../auth/session.js';
import { addressOf } from '../auth/trust.js';
import type { Asker, Envelope } from './answer.js';
import { parseEnvelope } from './answer.js';
import { Endpoints } from './endpoints.js';
import { errorOf, foreignAnswer, notPve, otherProduct } from './errors.js';
import { encodeParams } from './form.js';
import { withinLimit } from './limit.js';
import { Secrets } from './secrets.js';
import type { PveConnection } from './types.js';

export interface LoginRequest {
  /** With realm: `root@pam`. */
  username: string;
  password: string;
  /** Asked for only when the server wants a second factor; undefined when nobody can be asked. */
  otp: () => Promise<string | undefined>;
}

type Server = Omit<PveConnection, 'credentials'>;

/**
 * Logs in once, with the second factor where there is one.
 *
 * @throws ProxmoxError `PMX_AUTH_FAILED`; RequestError `PMX_TFA_REQUIRED`, `PMX_TFA_UNSUPPORTED`
 */
export async function logIn(
  server: Server,
  { username, password, otp }: LoginRequest,
): Promise<Ticket & { username: string }> {
  const exchange = exchangeWith(server, username);
  exchange.secrets.add(password);
  try {
    const first = await exchange.post({ username, password });
    if (!needsSecondFactor(first)) return ticketOf(first, username, server);
    const challenge = first.ticket!;
    exchange.secrets.add(challenge);
    refuseUnsupported(challenge, username);
    const code = (await otp())?.replaceAll(/\s/g, '');
    if (!code) {
      throw new RequestError({
        code: 'PMX_TFA_REQUIRED',
        message: `${username} has two-factor authentication: the password was right, the second factor is missing.`,
        hints: [
          'Add the code of the authenticator: --otp 123456',
          'Where nobody can be asked, use an API token, which needs no second factor: --token-id, --token-stdin',
        ],
      });
    }
    const kind = /^\d+$/.test(code) ? 'totp' : 'recovery';
    const second = await exchange
      .post({ username, 'tfa-challenge': challenge, password: `${kind}:${code}` })
      .catch((error: unknown) => {
        throw secondFactorRefused(error, username);
      });
    return ticketOf(second, username, server);
  } finally {
    exchange.close();
  }
}

/** The realms that one can log in to; asked for without credentials. */
export async function readRealms(
  server: Server,
): Promise<Array<{ realm: string; type: string; comment?: string; default?: number }>> {
  const exchange = exchangeWith(server, 'nobody');
  try {
    return await exchange.get('/access/domains');
  } finally {
    exchange.close();
  }
}

interface Exchange {
  secrets: Secrets;
  post(params: Record<string, string>): Promise<TicketAnswer>;
  get<T>(path: string): Promise<T>;
  close(): void;
}

function exchangeWith(server: Server, user: string): Exchange {
  const secrets = new Secrets();
  const endpoints = new Endpoints(
    { ...server, credentials: { type: 'ticket', username: user, ticket: '', csrfToken: '' } },
    { user, credentials: 'password', secrets },
  );
  const { debug } = server;
  const ask = async <T>(
    method: 'GET' | 'POST',
    path: string,
    params?: Record<string, string>,
  ): Promise<T> => {
    debug?.(`→ ${method} ${path}${params ? ` (${Object.keys(params).join(', ')})` : ''}`);
    let asker: Asker | undefined;
    const call = {
      overall: server.timeouts?.overall,
      signals: [server.signal],
      what: `${method} ${path}`,
      method,
      path,
      server: () => addressOf(asker?.endpoint ?? server.endpoint),
    };
    const answer = await withinLimit(call, (signal) =>
      endpoints.reach((lane) => {
        ({ asker } = lane);
        return lane.transport.exchange({
          method,
          path,
          target: `/api2/json${path}`,
          headers: params ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
          ...(params && { body: encodeParams(params) }),
          ...(signal && { signal }),
          // A second ticket harms nobody.
          harmless: true,
        });
      }),
    );
    debug?.(`← ${answer.status} ${secrets.hide(answer.reason)}`);
    if (answer.status !== 200) throw errorOf(answer, asker!);
    const envelope = parseEnvelope(answer.text) as Envelope<T> | undefined;
    if (envelope && 'data' in envelope) return envelope.data;
    const product = otherProduct(answer, asker!);
    throw notPve(
      asker!,
      { status: answer.status, method, path },
      product === undefined ? foreignAnswer(answer) : `it is a ${product}`,
      product,
    );
  };
  return {
    secrets,
    post: (params) => ask('POST', '/access/ticket', params),
    get: (path) => ask('GET', path),
    close: () => endpoints.close(),
  };
}

/** Before PVE 7.2 the flag said it, since then the ticket's own prefix does too. */
function needsSecondFactor({ NeedTFA, ticket = '' }: TicketAnswer): boolean {
  return Number(NeedTFA ?? 0) === 1 || ticket.startsWith('PVE:!tfa!');
}

/** A hardware key alone needs a browser. */
function refuseUnsupported(challenge: string, username: string): void {
  const encoded = /^PVE:!tfa!([^:]*)/.exec(challenge)?.[1];
  let offered: Record<string, unknown>;
  try {
    offered = JSON.parse(decodeURIComponent(encoded ?? '')) as Record<string, unknown>;
  } catch {
    return;
  }
  const kinds = Object.keys(offered).filter((kind) => Boolean(offered[kind]));
  if (kinds.length === 0 || kinds.includes('totp') || kinds.includes('recovery')) return;
  throw new RequestError({
    code: 'PMX_TFA_UNSUPPORTED',
    message: `${username} has only ${kinds.join(', ')} as second factor, which needs a browser.`,
    hints: [
      'Make an API token in the web interface (Datacenter → Permissions → API Tokens), then: pmx login --token-id USER@REALM!NAME',
    ],
  });
}

function secondFactorRefused(error: unknown, username: string): unknown {
  if ((Object(error) as { code?: string }).code !== 'PMX_AUTH_FAILED') return error;
  return new ProxmoxError({
    code: 'PMX_AUTH_FAILED',
    message: `The second factor of ${username} was refused. The password was right.`,
    hints: [
      'A code is good once and for half a minute: take the next one.',
      'Check the clock of the authenticator, and of the server: pmx auth test shows it.',
    ],
    cause: error,
  });
}

function ticketOf(
  { username, ticket = '', CSRFPreventionToken: csrfToken = '' }: TicketAnswer,
  asked: string,
  { protect }: Server,
): Ticket & { username: string } {
  for (const secret of [ticket, csrfToken]) if (secret !== '') protect?.(secret);
  return { username: username ?? asked, ticket, csrfToken };
}
