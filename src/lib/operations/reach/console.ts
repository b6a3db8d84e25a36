import type { Guest, Plan, PveReader } from '@pmx-cli/kit';
import { ref } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { guestLabel, guestPath, kindOf } from '../guest/kind.js';

export interface ConsoleRequest {
  guest: Guest;
  /** Which serial port of a VM; the first one that there is when left out. */
  serial?: string;
  /** `^]`, or `none`. */
  escape: string;
}

export interface ConsoleResult {
  vmid: number;
  name: string;
  node: string;
  /** Who ended it: the person with the escape key, or the guest by ending its console. */
  ended: 'left' | 'guest';
}

export async function planConsole(pve: PveReader, request: ConsoleRequest): Promise<Plan> {
  const { guest } = request;
  const escape = parseEscape(request.escape);
  const label = guestLabel(guest);
  const { topic } = kindOf(guest);
  if (guest.status !== 'running')
    throw new RequestError({
      code: 'PMX_GUEST_NOT_RUNNING',
      message: `${label} is ${guest.status}.`,
      hints: [`Start it: pmx ${topic} start ${guest.vmid}`],
    });
  const serial = guest.type === 'qemu' ? await serialOf(pve, guest, request.serial) : undefined;
  const { vmid, name, node, type } = guest;
  const title = `Open the console of ${label}`;
  return {
    operation: `${topic}.console`,
    target: label,
    title,
    steps: [
      {
        id: 'console',
        title,
        kind: 'guest.console',
        args: {
          node,
          vmid,
          type,
          label,
          ...(serial !== undefined && { serial }),
          ...(escape !== undefined && { escape }),
        },
        bind: { ended: 'ended' },
      },
    ],
    result: { vmid, name, node, ended: ref('ended') },
  };
}

/**
 * A control character as terminals write it: `^]` is 29.
 * @returns undefined for `none`
 * @throws RequestError `PMX_INVALID_ESCAPE`
 */
export function parseEscape(text: string): number | undefined {
  if (text.toLowerCase() === 'none') return undefined;
  const [, key] = /^\^([A-Za-z[\\\]^_])$/.exec(text) ?? [];
  // ^M is the return key.
  if (key !== undefined && key.toUpperCase() !== 'M') return key.toUpperCase().charCodeAt(0) & 0x1f;
  throw new RequestError({
    code: 'PMX_INVALID_ESCAPE',
    message: `'${text}' is no key to leave a console with.`,
    hints: ['It is a caret and a letter or one of [ \\ ] ^ _, for example ^] or ^O; or none.'],
  });
}

async function serialOf(pve: PveReader, guest: Guest, wanted: string | undefined): Promise<string> {
  const config = await pve.get<Record<string, string | number>>(`${guestPath(guest)}/config`, {
    current: true,
  });
  const there = ['serial0', 'serial1', 'serial2', 'serial3'].filter(
    (name) => config[name] === 'socket',
  );
  const serial = wanted ?? there[0];
  if (serial !== undefined && there.includes(serial)) return serial;
  throw new RequestError({
    code: 'PMX_NO_SERIAL_PORT',
    message: `${guestLabel(guest)} has no serial port${wanted === undefined ? '' : ` ${wanted}`} to connect to.`,
    hints: [
      there.length > 0
        ? `It has ${there.join(' and ')}.`
        : `Add one, then stop and start it: pmx vm set ${guest.vmid} serial0=socket`,
    ],
  });
}

/** @throws RequestError `PMX_NO_TERMINAL` */
export function refuseNoTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return;
  throw new RequestError({
    code: 'PMX_NO_TERMINAL',
    message: 'A console needs a terminal, and standard input or output is none.',
    hints: [
      'Through ssh: ssh -t HOST pmx vm console VM',
      'In scripts run a program instead: pmx vm exec VM -- COMMAND',
    ],
  });
}
