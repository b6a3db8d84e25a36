import { type Guest, type Plan, type PveReader, ref, type Step } from '@pmx-cli/kit';

import { type BmcTarget, nameOf } from '../../bmc/index.js';
import { guestLabel } from '../guest/kind.js';
import { destinationOf, sshFlags, sshMissing, type SshOptions } from '../reach/ssh.js';
import { checkShiftable, uuidOf } from '../time/check.js';
import { recordPath } from '../time/record.js';
import { backSteps, shiftSteps } from '../time/steps.js';
import { dateForAll, readWindow } from './window.js';

export interface ConnectRequest extends SshOptions {
  target: BmcTarget;
  /** The VM in between. */
  guest: Guest;
  state: string;
  /** Milliseconds since 1970; null: its clock stays. */
  to: number | null;
  localPort: number;
  /** Log in to the VM as well; else only the port is forwarded. */
  shell: boolean;
}

export interface ConnectResult {
  host: string;
  via: string;
  address: string;
  url: string;
  /** What the clock of the VM was meanwhile; null: it was left alone. */
  to: string | null;
  /** Of ssh. */
  exitCode: number;
  /** Milliseconds from where the clock was before; measured after it was set back. */
  error: number | null;
}

/**
 * The date at which the certificate of a host is valid.
 * @returns null when it is valid now
 * @throws RequestError `PMX_SHIFT_USELESS`
 */
export async function dateFor(
  target: BmcTarget,
  stay: number | undefined,
  signal: AbortSignal,
): Promise<number | null> {
  const report = await readWindow({ targets: [target], signal, stay });
  if (report.shifts.length + report.blocked.length + report.never.length === 0) return null;
  return dateForAll(report);
}

/**
 * Shifts the clock of the VM, goes through it, and brings the clock home when ssh ends. What goes
 * wrong in between is taken back by the undo of the steps; after a `kill -9` the record says that it
 * is due.
 */
export async function planConnect(pve: PveReader, request: ConnectRequest): Promise<Plan> {
  const { target, guest, state, to, localPort, shell } = request;
  const { address, user } = await destinationOf(pve, guest, request);
  const [label, host] = [guestLabel(guest), nameOf(target)];
  const there = target.host.includes(':') ? `[${target.host}]` : target.host;
  const words = [
    ...sshFlags(request, '-p'),
    ...(user === undefined ? [] : ['-l', user]),
    ...['-o', 'ExitOnForwardFailure=yes'],
    ...['-L', `127.0.0.1:${localPort}:${there}:${target.port}`],
    ...(shell ? ['-t'] : ['-N']),
    address,
  ];
  const url = `https://localhost:${localPort}/`;
  const ssh: Step = {
    id: 'ssh',
    title: `Forward port ${localPort} of this machine to ${host} through ${label}`,
    kind: 'process.attach',
    args: { program: 'ssh', arguments: words, hint: sshMissing },
    bind: { exitCode: 'exitCode' },
  };
  const moment = to === null ? null : new Date(to).toISOString();
  return {
    operation: 'idrac.connect',
    target: host,
    title: `Connect to ${host} through ${label}${moment === null ? '' : ` at ${moment}`}`,
    steps: to === null ? [ssh] : await shifted(pve, guest, { state, to, host, ssh }),
    notes: [
      `While you are connected, ${host} is at ${url} here${shell ? `, and at https://${host}/ in ${label}` : ''}.`,
      ...(moment === null
        ? ['Its certificate is valid now, so no clock is touched.']
        : [
            `The clock of ${label} is at ${moment} meanwhile; what runs there finds the certificate valid, a browser on this machine does not.`,
          ]),
    ],
    variables: { original: 0, restoreAt: null, stopped: [], left: null },
    result: {
      host,
      via: label,
      address,
      url,
      to: moment,
      exitCode: ref('exitCode'),
      error: ref('left'),
    },
  };
}

async function shifted(
  pve: PveReader,
  guest: Guest,
  { state, to, host, ssh }: { state: string; to: number; host: string; ssh: Step },
): Promise<Step[]> {
  const uuid = uuidOf(await checkShiftable(pve, guest));
  const { node, vmid } = guest;
  const place = { node, vmid, record: recordPath(state, vmid, uuid) };
  return [
    ...shiftSteps(guest, place, { to, uuid, reason: `connected to ${host}`, transient: true }),
    ssh,
    ...backSteps(guest, place, 'last', false),
    {
      id: 'forget',
      title: `Close the shift of ${guestLabel(guest)}`,
      kind: 'time.discard',
      args: place,
    },
  ];
}
