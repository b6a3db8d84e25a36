import { ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { Answer } from './conversation.js';
import type { ProbeError } from './socket.js';
import type { BmcTarget } from './types.js';

export const nameOf = ({ host, port }: BmcTarget): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${port}`;
};

export function notReached(target: BmcTarget, error: ProbeError): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_BMC_UNREACHABLE',
    message: `${nameOf(target)} cannot be reached: ${error.message}.`,
    hints: ['Check name, port, VLAN and firewall.', `pmx idrac check ${nameOf(target)}`],
    data: { reason: error.code },
    cause: error,
  });
}

export function notTrusted(target: BmcTarget, shown: string, pinned: boolean): SurroundingsError {
  const name = nameOf(target);
  return new SurroundingsError({
    code: 'PMX_BMC_UNTRUSTED',
    message: pinned
      ? `${name} shows another certificate than the one remembered, so no password is sent to it.`
      : `Nobody vouches for the certificate of ${name}, so no password is sent to it.`,
    hints: pinned
      ? [
          'Find out who changed it, by another way than this network.',
          `pmx idrac pin ${name} --repin`,
        ]
      : [
          `Compare the fingerprint by another way, then remember it: pmx idrac pin ${name}`,
          'Or trust its authority: --ca-cert FILE',
        ],
    data: { shown },
  });
}

export function tooOld(target: BmcTarget, reason: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_BMC_TLS_TOO_OLD',
    message: `${nameOf(target)} speaks only TLS that others can read (${reason}), so no password is sent over it.`,
    hints: ['Update its firmware.', 'When the way there is safe: --allow-legacy-tls'],
  });
}

export function loginRefused(target: BmcTarget, user: string, answer: Answer): ProxmoxError {
  const wait = answer.headers['retry-after'];
  return new ProxmoxError({
    code: 'PMX_BMC_LOGIN_REFUSED',
    message: `${nameOf(target)} refuses the login of ${user}. It was tried once and is not tried again: after few wrong ones it locks out this machine.`,
    hints: [
      ...(wait === undefined ? [] : [`It says to wait ${wait} s before the next one.`]),
      'Check user and password; a machine that is locked out is refused with the right one, too.',
    ],
    data: { status: answer.status },
  });
}

export function sessionsFull(target: BmcTarget): ProxmoxError {
  return new ProxmoxError({
    code: 'PMX_BMC_SESSIONS_FULL',
    message: `${nameOf(target)} has as many sessions open as it can.`,
    hints: [
      'Close some (web interface: iDRAC Settings, Sessions), or wait half an hour until they end.',
      `racadm -r ${target.host} -i closessn -a`,
    ],
  });
}

export function sessionGone(target: BmcTarget): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_BMC_SESSION_GONE',
    message: `${nameOf(target)} knows nothing of this session any more: it restarted, or somebody closed it.`,
    hints: [`See how it is: pmx idrac check ${nameOf(target)}`],
  });
}

export function answerLost(target: BmcTarget, what: string, cause: Error): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_BMC_ANSWER_LOST',
    message: `${nameOf(target)} gave no answer to ${what}, and it cannot be seen whether it was done: ${cause.message}.`,
    hints: [`Look before it is tried again: pmx idrac info ${nameOf(target)}`],
    cause,
  });
}

interface Told {
  text: string;
  resolution: string | undefined;
  id: string;
}

/** What the controller says itself, in the first message that is an error. */
function told(answer: Answer): Told | undefined {
  try {
    const { error } = JSON.parse(answer.text) as {
      error?: { '@Message.ExtendedInfo'?: Array<Record<string, unknown>>; message?: string };
    };
    const [first] = error?.['@Message.ExtendedInfo'] ?? [];
    const text = first?.['Message'] ?? error?.message;
    if (typeof text !== 'string') return undefined;
    const { Resolution: resolution, MessageId: id } = first ?? {};
    return {
      text: text.replace(/\.$/, ''),
      resolution:
        typeof resolution === 'string' && !/^(?:none\.?|no response action.*)$/i.test(resolution)
          ? resolution
          : undefined,
      id: String(id ?? ''),
    };
  } catch {
    return undefined;
  }
}

export const isSessionsFull = (answer: Answer): boolean =>
  answer.status === 503 && /RAC0218/.test(told(answer)?.id ?? '');

export function refused(target: BmcTarget, what: string, answer: Answer): ProxmoxError {
  const said = told(answer);
  const isImport = /LC011/.test(said?.id ?? '');
  return new ProxmoxError({
    code: isImport ? 'PMX_BMC_CERT_REFUSED' : 'PMX_BMC_REFUSED',
    message: `${nameOf(target)} refuses ${what} (${answer.status}): ${said?.text ?? 'it does not say why'}.`,
    hints: [
      ...(isImport
        ? [
            'The certificate has to fit the key that the controller has: that of its newest request.',
          ]
        : []),
      ...(said?.resolution === undefined ? [] : [said.resolution]),
    ],
    data: { status: answer.status, ...(said && { id: said.id }) },
  });
}
