import type { GuestPlace } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError } from '@pmx-cli/kit/errors';

export function agentPath({ node, vmid }: GuestPlace): string {
  return `/nodes/${node}/qemu/${vmid}/agent`;
}

/** What to do about an agent that does not answer; any other error stays what it is. */
export function explained(error: unknown, { vmid }: Pick<GuestPlace, 'vmid'>): unknown {
  if (!isPmxError(error) || error.code !== 'PMX_API_ERROR') return error;
  const hints = hintsFor(error.message, vmid);
  if (!hints) return error;
  return new ProxmoxError({
    code: 'PMX_AGENT_UNAVAILABLE',
    message: error.message,
    hints,
    ...(error.data && { data: error.data }),
    cause: error,
  });
}

function hintsFor(message: string, vmid: number): string[] | undefined {
  if (/\bis not running\b/.test(message) && !/guest agent/i.test(message))
    return [`Start it: pmx vm start ${vmid}`];
  if (/No QEMU guest agent configured/i.test(message))
    return [
      `Switch it on (it counts from the next start of the VM): pmx api put /nodes/NODE/qemu/${vmid}/config agent=1`,
      'And install qemu-guest-agent in the guest.',
    ];
  if (/guest agent is not running/i.test(message))
    return [
      `A guest that has just been started takes a while: pmx wait ${vmid} --for agent`,
      'In the guest: is qemu-guest-agent installed, and does it run? (systemctl status qemu-guest-agent)',
    ];
  return undefined;
}
