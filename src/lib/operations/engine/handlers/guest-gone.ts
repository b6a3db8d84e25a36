import type { Effect } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { isNotFound } from '../../../api/index.js';
import { isVmidFree } from '../../shared/vmid-range.js';
import type { StepContext } from './handler.js';

const guestPath = /^\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+)(?:\/|$)/;

/**
 * Whether what stands in the way of an undo is that somebody has deleted the guest meanwhile: then
 * nothing is left to take back. One that has only moved to another node keeps its VMID.
 */
export async function isGuestGone(
  { args }: Effect,
  error: unknown,
  context: StepContext,
): Promise<boolean> {
  const isMissing = isNotFound(error) || (isPmxError(error) && error.code === 'PMX_GUEST_GONE');
  const vmid = isMissing ? vmidOf(args, context) : undefined;
  if (vmid === undefined) return false;
  return isVmidFree(await context.pve(), vmid).catch(() => false);
}

function vmidOf(args: object, context: StepContext): number | undefined {
  const { path, guest, vmid } = args as { path?: string; guest?: string; vmid?: number };
  if (vmid !== undefined) return Number(context.resolve(vmid));
  const place = path ?? guest;
  const found = place === undefined ? null : guestPath.exec(String(context.resolve(place)));
  return found ? Number(found[1]) : undefined;
}
