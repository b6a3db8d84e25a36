import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Guest, type Plan, type PveReader, ref } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { guestLabel, guestPath } from '../guest/kind.js';

export type ScreenRequest = { guest: Guest } & (
  { protocol: 'vnc'; port: number } | { protocol: 'spice' }
);

/** A VM's screen for a viewer of this machine. */
export async function planScreen(pve: PveReader, request: ScreenRequest): Promise<Plan> {
  const { guest, protocol } = request;
  const label = guestLabel(guest);
  const { vmid, name, node } = guest;
  if (guest.status !== 'running')
    throw new RequestError({
      code: 'PMX_GUEST_NOT_RUNNING',
      message: `${label} is ${guest.status}.`,
      hints: [`Start it: pmx vm start ${vmid}`],
    });
  if (protocol === 'spice') await requireSpice(pve, guest);
  const title = `Show the screen of ${label} over ${protocol.toUpperCase()}`;
  const step: Plan['steps'][number] =
    request.protocol === 'vnc'
      ? { id: 'screen', title, kind: 'guest.vnc', args: { node, vmid, label, port: request.port } }
      : {
          id: 'screen',
          title,
          kind: 'guest.spice',
          args: { node, vmid, label, file: viewerFile(vmid) },
        };
  return {
    operation: 'vm.console',
    target: label,
    title,
    steps: [{ ...step, bind: { ended: 'ended' } }],
    result: { vmid, name, node, ended: ref('ended') },
  };
}

/** Nobody else can guess it, for a moment it holds a password. */
function viewerFile(vmid: number): string {
  return join(tmpdir(), `pmx-${vmid}-${randomBytes(8).toString('hex')}.vv`);
}

/** @throws RequestError `PMX_NO_SPICE` */
async function requireSpice(pve: PveReader, guest: Guest): Promise<void> {
  const { vga = '' } = await pve.get<{ vga?: string }>(`${guestPath(guest)}/config`, {
    current: true,
  });
  if (/(?:^|,)(?:type=)?qxl\d?(?:,|$)/.test(vga)) return;
  throw new RequestError({
    code: 'PMX_NO_SPICE',
    message: `${guestLabel(guest)} has no SPICE screen: its display is ${vga === '' ? 'the default one' : vga}.`,
    hints: [
      `Give it one, then stop and start it: pmx vm set ${guest.vmid} --set vga=qxl`,
      `Any display can be seen over VNC: pmx vm console ${guest.vmid} --vnc`,
    ],
  });
}
