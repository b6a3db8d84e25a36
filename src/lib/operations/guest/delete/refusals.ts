import type { Guest } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { guestLabel, guestPath, kindOf } from '../kind.js';

const isRunning = ({ status, template }: Guest): boolean => status !== 'stopped' && !template;

const labels = (guests: readonly Guest[]): string => guests.map(guestLabel).join(', ');

/** All of them at once, before anything else is looked at. @throws RequestError `PMX_VM_RUNNING` */
export function refuseRunning(guests: readonly Guest[]): void {
  const running = guests.filter(isRunning);
  if (running.length === 0) return;
  const { topic, noun } = kindOf(running[0]!);
  const states = [...new Set(running.map(({ status }) => status))].join(' or ');
  throw new RequestError({
    code: 'PMX_VM_RUNNING',
    message: `${labels(running)} ${running.length === 1 ? 'is' : 'are'} ${states}, and only stopped ${noun}s can be deleted.`,
    hints: [
      `pmx ${topic} shutdown ${running.map(({ vmid }) => vmid).join(' ')}, then delete ${running.length === 1 ? 'it' : 'them'}`,
      `Or cut ${running.length === 1 ? 'its' : 'their'} power: add --stop.`,
    ],
  });
}

/** @throws RequestError `PMX_VM_PROTECTED` */
export function refuseProtected(guests: readonly Guest[]): void {
  if (guests.length === 0) return;
  const [first] = guests as [Guest];
  throw new RequestError({
    code: 'PMX_VM_PROTECTED',
    message: `${labels(guests)} ${guests.length === 1 ? 'is' : 'are'} protected against removal.`,
    hints: [
      `If it really has to go, lift the protection first: pmx api put ${guestPath(first)}/config protection=0`,
    ],
  });
}

/** @throws RequestError `PMX_TEMPLATE_IN_USE` */
export function refuseClones(template: Guest, clones: readonly Guest[]): void {
  if (clones.length === 0) return;
  const { topic } = kindOf(template);
  throw new RequestError({
    code: 'PMX_TEMPLATE_IN_USE',
    message: `${guestLabel(template)} is the base of linked clones: ${clones.map((clone) => `${clone.vmid} (${clone.name})`).join(', ')}.`,
    hints: [
      `Delete them first: pmx ${topic} delete ${clones.map((clone) => clone.vmid).join(' ')}`,
      'Or make them independent by moving their disks to another storage.',
    ],
    data: { clones: clones.map(({ vmid }) => vmid) },
  });
}

/** @throws RequestError `PMX_GUEST_REFERENCED` */
export function refuseReferenced(guest: Guest, entries: readonly string[]): void {
  if (entries.length === 0) return;
  throw new RequestError({
    code: 'PMX_GUEST_REFERENCED',
    message: `Without --purge Proxmox VE does not delete ${guestLabel(guest)}: it is in ${entries.join(', ')}.`,
    hints: ['Leave --no-purge out, and the entries go with it.'],
  });
}
