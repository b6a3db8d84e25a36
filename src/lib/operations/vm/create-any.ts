import type { Inventory, Plan, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { chooseNode } from '../shared/places.js';
import { planBlankVm } from './create-blank.js';
import type { BlankVmRequest, VmCreateRequest } from './create-request.js';
import { planVmCreate } from './create.js';
import type { DriveRequest } from './drives.js';
import { findIso } from './iso.js';

export interface NewVmRequest extends Omit<BlankVmRequest, 'iso'> {
  /** Name or id. Left out: a VM of its own. */
  template?: string;
  clone?: VmCreateRequest['clone'];
  /** For disks of full clones, and new ones. */
  format?: string;
  /** Volume or file name. */
  iso?: string;
}

/** A new VM from whatever it is to be made. */
export async function planNewVm(
  pve: PveReader,
  inventory: Inventory,
  request: NewVmRequest,
): Promise<Plan> {
  const { template: named, clone, format, iso: medium, ...rest } = request;
  if (named === undefined) {
    const node = await chooseNode(inventory, rest.node);
    const iso = medium === undefined ? undefined : await findIso(pve, inventory, node, medium);
    const drives = (rest.drives ?? []).map((drive) => withFormat(drive, format));
    return planBlankVm(pve, inventory, {
      ...rest,
      drives,
      node,
      ...(iso !== undefined && { iso }),
    });
  }
  const [template] = await inventory.resolveGuests([named], {
    type: 'qemu',
    template: true,
    noun: 'template',
    ...(rest.node !== undefined && { preferNode: rest.node }),
  });
  const node = rest.node ?? template!.node;
  const iso = medium === undefined ? undefined : await findIso(pve, inventory, node, medium);
  const { disk, drives } = ofTemplate(rest.drives ?? []);
  return planVmCreate(pve, inventory, {
    ...rest,
    template: template!,
    clone,
    ...(format !== undefined && { format }),
    ...(disk && { disk }),
    drives: drives.map((drive) => withFormat(drive, format)),
    ...(iso !== undefined && { iso }),
  });
}

/** The first size without a place is that of the template's own disk. */
function ofTemplate(given: readonly DriveRequest[]): {
  disk?: DriveRequest['size'];
  drives: DriveRequest[];
} {
  const [first, ...rest] = given;
  if (!first || first.slot !== undefined || first.storage !== undefined)
    return { drives: [...given] };
  const options = Object.keys(first.options);
  if (options.length === 0) return { disk: first.size, drives: rest };
  throw new RequestError({
    code: 'PMX_INVALID_DISK',
    message: `The first disk comes from the template and keeps its options; ${options.join(', ')} cannot be said here.`,
    hints: [
      'For one more disk name its slot: --disk 20G,slot=scsi2,ssd=1',
      'Options of the first are changed afterwards: pmx vm set NAME --set scsi0=…',
    ],
  });
}

function withFormat(drive: DriveRequest, format: string | undefined): DriveRequest {
  if (format === undefined || drive.options['format'] !== undefined) return drive;
  return { ...drive, options: { ...drive.options, format } };
}
