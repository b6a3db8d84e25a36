import { ref, type Step, text, type TextValue } from '@pmx-cli/kit';

import { seedVolid, startSteps } from '../../vm/create-steps.js';
import { cleanSteps } from '../seal.js';
import { contentSteps, runStep } from './content-steps.js';
import type { Bake } from './recipe.js';

interface Oven {
  node: string;
  name: string;
  /** Where the ISO goes that brings the agent. */
  isoStorage: string;
}

/** Beside the disk, where every kernel of a cloud looks: they have no drivers for SATA. */
export const seedSlot = 'scsi1';

function seedOf({ isoStorage, name }: Oven): TextValue {
  return seedVolid({ layout: 'nocloud', storage: isoStorage }, name);
}

export function seedDrive(oven: Oven): TextValue {
  return text`${seedOf(oven)},media=cdrom`;
}

function discardSeed(oven: Oven) {
  const { node, isoStorage } = oven;
  return {
    kind: 'pve.discard-volume',
    args: { node, storage: isoStorage, volid: seedOf(oven) },
  } as const;
}

/** Before the VM is made. */
export function seedUpload(oven: Oven): Step {
  const { node, name, isoStorage } = oven;
  return {
    id: 'upload-seed',
    title: `Upload an ISO that brings the guest agent to storage ${isoStorage}`,
    kind: 'pve.upload',
    args: {
      node,
      storage: isoStorage,
      content: 'iso',
      filename: text`pmx-${ref('operation')}-${name}.iso`,
      source: { type: 'agent-seed', hostname: name },
    },
    undo: [{ title: 'Remove the ISO', ...discardSeed(oven) }],
  };
}

/**
 * The VM runs once: packages, snippets and the script go in through its agent, what no two VMs may share goes, and it is
 * shut down. Everything may be done twice, so that an operation can be taken up again.
 */
export function bakeSteps(bake: Bake, oven: Oven, cloudInitStorage: string | undefined): Step[] {
  const { node, name } = oven;
  const { timeoutSeconds } = bake;
  const path = text`/nodes/${node}/qemu/${ref('vmid')}`;
  return [
    ...startSteps(node, name, path, { until: 'agent', timeoutSeconds }),
    // Whatever its modules say: what matters comes next, and is looked at step by step.
    runStep(bake, node, {
      id: 'first-boot',
      title: 'Wait for the end of cloud-init',
      called: 'cloud-init status --wait',
      command: ['cloud-init', 'status', '--wait'],
      expect: String.raw`\bstatus: \w`,
    }),
    ...contentSteps(bake, node, name),
    ...cleanSteps(node, name, timeoutSeconds),
    {
      id: 'detach-seed',
      title: 'Take the ISO out',
      kind: 'pve.call',
      args: {
        method: 'PUT',
        path: text`${path}/config`,
        params: { delete: seedSlot },
        idempotent: true,
      },
    },
    ...(cloudInitStorage === undefined
      ? []
      : [
          {
            id: 'cloud-init',
            title: 'Add the cloud-init drive',
            kind: 'pve.call',
            args: {
              method: 'POST',
              path: text`${path}/config`,
              params: { [seedSlot]: `${cloudInitStorage}:cloudinit` },
              lookup: { type: 'qmconfig', id: ref('vmid') },
            },
          } satisfies Step,
        ]),
    { id: 'remove-seed', title: 'Remove the ISO', ...discardSeed(oven) },
  ];
}
