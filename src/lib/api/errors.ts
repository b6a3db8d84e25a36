import { type PmxError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { type Answer, type Asker, isProxyFailure, parseEnvelope } from './answer.js';
import { authFailed } from './auth-failed.js';
import { permissionDenied } from './permission.js';
import { refusalOf } from './refusals.js';

/**
 * An answer that is no success → the error to throw.
 *
 * @returns ProxmoxError `PMX_AUTH_FAILED`, `PMX_PERMISSION_DENIED`, `PMX_API_NOT_IMPLEMENTED`,
 *   `PMX_API_ERROR`; SurroundingsError `PMX_NODE_UNREACHABLE`, `PMX_ANSWER_LOST`, `PMX_NOT_PVE`
 */
export function errorOf(answer: Answer, asker: Asker): PmxError {
  const { method, path, status } = answer;
  const { message, errors } = readProblem(answer, asker);
  const data = {
    status,
    reason: asker.secrets.hide(answer.reason),
    method,
    path,
    ...(errors && { errors }),
  };

  const product = otherProduct(answer, asker);
  if (product !== undefined) return notPve(asker, data, `it is a ${product}`, product);
  if (status >= 300 && status < 400) return notPve(asker, data, `it redirects (${status})`);
  if (isProxyFailure(answer)) return proxyFailure(answer, asker, data);
  if (status === 401) return authFailed(message, data, asker);
  const denied = permissionDenied(message, data, asker);
  if (denied) return denied;
  if (status === 403) {
    return new ProxmoxError({
      code: 'PMX_PERMISSION_DENIED',
      message,
      hints: [`Compare with: pmx api get /access/permissions (as ${asker.user})`],
      data,
    });
  }
  if (status === 501) {
    return new ProxmoxError({
      code: 'PMX_API_NOT_IMPLEMENTED',
      message: `${asker.host} does not know ${method} ${path}: ${message}.`,
      hints: [
        'Check path and method; an older or newer Proxmox VE may have it elsewhere: pmx api get /version',
      ],
      data,
    });
  }
  const refusal = refusalOf(message);
  if (refusal) return new ProxmoxError({ ...refusal, message: sentence(message), data });
  const retryAfter = status === 429 ? retryAfterOf(answer) : undefined;
  return new ProxmoxError({
    code: 'PMX_API_ERROR',
    message: sentence(message),
    hints:
      status === 429
        ? [
            `The server asks to slow down${retryAfter === undefined ? '' : `: try again in ${Math.ceil(retryAfter / 1000)} s`}.`,
          ]
        : [],
    data,
  });
}

/** A success that carries no PVE envelope: something else listens there. */
export function notPve(
  asker: Asker,
  data: Record<string, unknown>,
  what: string,
  product?: string,
): PmxError {
  return new SurroundingsError({
    code: 'PMX_NOT_PVE',
    message: `${asker.endpoint} does not answer like Proxmox VE: ${what}.`,
    hints:
      product === undefined
        ? ['Check host, port and path prefix of the endpoint; Proxmox VE listens on 8006.']
        : [`pmx speaks to Proxmox VE (port 8006), not to ${product}.`],
    data,
  });
}

/** What an answer without PVE's envelope looks like, as a clause. */
export function foreignAnswer(answer: Answer): string {
  const title = titleOf(answer);
  const page = title === undefined ? 'a web page' : `the web page "${title}"`;
  const html = answer.text.trimStart().startsWith('<');
  return `${answer.method} ${answer.path} gave ${html ? page : 'no JSON with data'}`;
}

function titleOf(answer: Answer): string | undefined {
  const title = /<title[^>]*>([^<]{1,200})</i
    .exec(answer.text)?.[1]
    ?.replaceAll(/\s+/g, ' ')
    .trim();
  return title === '' ? undefined : title;
}

/** The sister products answer at the same paths; a page or a header gives them away. */
export function otherProduct(answer: Answer, { port }: Asker): string | undefined {
  const signs = `${titleOf(answer) ?? ''} ${String(answer.headers['server'] ?? '')}`;
  if (/proxmox[ -]backup/i.test(signs)) return 'Proxmox Backup Server';
  if (/proxmox[ -]mail/i.test(signs)) return 'Proxmox Mail Gateway';
  if (/proxmox[ -]datacenter/i.test(signs)) return 'Proxmox Datacenter Manager';
  // Its API answers in the same envelope, so a refused login is all there is to see.
  return port === 8007 && [401, 403].includes(answer.status) ? 'Proxmox Backup Server' : undefined;
}

/**
 * A write went out and no verdict came back.
 *
 * @param why clause that says what went wrong: "the connection broke (ECONNRESET)"
 */
export function answerLost(
  asker: Asker,
  request: { method: string; path: string },
  why: string,
  cause?: Error,
): PmxError {
  return new SurroundingsError({
    code: 'PMX_ANSWER_LOST',
    message: `No answer to ${request.method} ${request.path} from ${asker.host}:${asker.port}: ${why}. It may have happened or not.`,
    hints: ['Look at the tasks and the state before trying again: pmx task list'],
    data: { method: request.method, path: request.path, host: asker.host, port: asker.port },
    cause,
  });
}

/** Milliseconds that a `Retry-After` asks for; seconds or a date. */
export function retryAfterOf(answer: Answer): number | undefined {
  const value = answer.headers['retry-after'];
  if (typeof value !== 'string' || value === '') return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function proxyFailure(answer: Answer, asker: Asker, data: Record<string, unknown>): PmxError {
  const { method, path, status } = answer;
  const reason = asker.secrets.hide(answer.reason);
  // 595 is given before anything was passed on, 503 by a proxy without a server behind it.
  if (method !== 'GET' && status !== 595 && status !== 503) {
    const text =
      status === 596
        ? `the server lost it on the way to the daemon or node that does the work (596 ${reason}); an error text with characters beyond Latin-1 ends like this, too`
        : `a proxy on the way gave up (${status} ${reason})`;
    const error = answerLost(asker, { method, path }, text);
    return new SurroundingsError({
      code: error.code,
      message: error.message,
      hints: error.hints,
      data: { ...error.data, ...data },
    });
  }
  const node = /^\/nodes\/([^/]+)/.exec(path)?.[1];
  const where = node
    ? `node ${node} (or pvedaemon on ${asker.host})`
    : `pvedaemon on ${asker.host}`;
  return new SurroundingsError({
    code: 'PMX_NODE_UNREACHABLE',
    message:
      `${asker.host}:${asker.port} answers, but cannot reach ${where}: ${status} ${reason}.`.replace(
        ' .',
        '.',
      ),
    hints: [
      'See which nodes are up: pmx node list',
      'On the node: systemctl status pveproxy pvedaemon pve-cluster',
    ],
    data: { ...data, ...(node && { node }) },
  });
}

function readProblem(
  answer: Answer,
  asker: Asker,
): { message: string; errors?: Record<string, string> } {
  const envelope = parseEnvelope(answer.text);
  // Before as well: a secret of several lines is not found in one line.
  const clean = (text: string): string => asker.secrets.hide(tidy(asker.secrets.hide(text)));
  const head = clean(
    typeof envelope?.message === 'string' && envelope.message.trim() !== ''
      ? envelope.message
      : answer.reason || plainText(answer) || `HTTP status ${answer.status}`,
  );
  const entries = Object.entries(envelope?.errors ?? {}).map(
    ([name, text]) => [name, clean(String(text))] as const,
  );
  if (entries.length === 0) return { message: head };
  const list = entries.map(([name, text]) => `${name}: ${text}`).join('; ');
  return { message: `${head.replace(/[.:]$/, '')}: ${list}`, errors: Object.fromEntries(entries) };
}

function plainText(answer: Answer): string {
  // A page of a proxy would drown the message.
  return answer.text.trimStart().startsWith('<') ? '' : answer.text.slice(0, 500);
}

/** Several lines to one; without Perl's "at /usr/share/… line 7." */
function tidy(text: string): string {
  return text
    .replaceAll(/ at \/usr\/\S+ line \d+\.?(?=\n|$)/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' / ');
}

function sentence(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}
