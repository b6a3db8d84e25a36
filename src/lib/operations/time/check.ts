import type { Guest, PveReader } from '@pmx-cli/kit';
import { ProxmoxError, RequestError } from '@pmx-cli/kit/errors';

import { guestLabel, guestPath } from '../guest/kind.js';
import { queryAgent } from '../reach/agent-read.js';

export type VmConfig = Readonly<Record<string, string | number | undefined>>;

/** Its firmware's id: stays the same through migration, rollback and rename. */
export function uuidOf(config: VmConfig): string {
  return (
    /(?:^|,)uuid=([\da-f-]{36})/i.exec(String(config['smbios1'] ?? ''))?.[1]?.toLowerCase() ?? ''
  );
}

export function readConfig(pve: PveReader, guest: Guest): Promise<VmConfig> {
  return pve.get<VmConfig>(`${guestPath(guest)}/config`);
}

/** @throws RequestError `PMX_GUEST_NOT_RUNNING` */
export function refuseStopped(guest: Guest): void {
  if (guest.status === 'running') return;
  throw new RequestError({
    code: 'PMX_GUEST_NOT_RUNNING',
    message: `${guestLabel(guest)} is ${guest.status}: only a running guest has a clock to set.`,
    hints: [
      guest.status === 'paused'
        ? `Let it go on: pmx vm resume ${guest.vmid}`
        : `Start it: pmx vm start ${guest.vmid}`,
    ],
  });
}

/**
 * Everything that would stop a shift half-way is found before it begins.
 * @throws RequestError `PMX_GUEST_NOT_RUNNING`, `PMX_GUEST_LOCKED`; ProxmoxError
 *   `PMX_PERMISSION_DENIED`, `PMX_AGENT_UNAVAILABLE`
 */
export async function checkShiftable(pve: PveReader, guest: Guest): Promise<VmConfig> {
  refuseStopped(guest);
  const config = await readConfig(pve, guest);
  refuseLocked(guest, config);
  // Before Proxmox VE 9 it was VM.Monitor.
  await refuseWithoutPrivilege(
    pve,
    guest,
    ['VM.GuestAgent.Unrestricted', 'VM.Monitor'],
    'the clock is set by a program in the guest',
  );
  await queryAgent(pve, guest, 'get-osinfo');
  return config;
}

/** @throws RequestError `PMX_GUEST_LOCKED` */
export function refuseLocked(guest: Guest, config: VmConfig): void {
  const lock = config['lock'] ?? guest.lock;
  if (lock === undefined) return;
  throw new RequestError({
    code: 'PMX_GUEST_LOCKED',
    message: `${guestLabel(guest)} is locked (${lock}), so its clock is left alone.`,
    hints: ['Wait until what locks it has ended: pmx task list'],
  });
}

/** @throws ProxmoxError `PMX_PERMISSION_DENIED` unless it has one of them */
export async function refuseWithoutPrivilege(
  pve: PveReader,
  guest: Guest,
  privileges: readonly [string, ...string[]],
  why: string,
): Promise<void> {
  const path = `/vms/${guest.vmid}`;
  const granted = await pve.get<Record<string, Record<string, number>>>('/access/permissions', {
    path,
  });
  const own = granted[path] ?? {};
  if (privileges.some((privilege) => own[privilege] !== undefined)) return;
  throw new ProxmoxError({
    code: 'PMX_PERMISSION_DENIED',
    message: `${pve.user} lacks ${privileges[0]} on ${path}: ${why}.`,
    hints: [
      `Have somebody grant a role that has it: pmx access acl set ${path} --role ROLE --user ${pve.user.replace(/!.*/, '')}`,
      'See what is needed: pmx auth can-i "time shift VM --to DATE"',
    ],
  });
}
