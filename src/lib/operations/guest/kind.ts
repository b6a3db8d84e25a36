import type { Guest, ResolveOptions } from '@pmx-cli/kit';

/** What VMs and containers do not have in common: words, paths, names of tasks. */
export interface GuestKind {
  type: Guest['type'];
  noun: string;
  /** The first word of its commands. */
  topic: 'vm' | 'ct';
  /** Task types begin with it: `qmstart`, `vzstart`. */
  taskPrefix: 'qm' | 'vz';
}

export const vm: GuestKind = { type: 'qemu', noun: 'VM', topic: 'vm', taskPrefix: 'qm' };
export const container: GuestKind = {
  type: 'lxc',
  noun: 'container',
  topic: 'ct',
  taskPrefix: 'vz',
};

export function kindOf({ type }: Pick<Guest, 'type'>): GuestKind {
  return type === 'lxc' ? container : vm;
}

/** Guests of a kind that are no templates. */
export function targetsOf({ type, noun }: GuestKind): ResolveOptions {
  return { type, template: false, noun };
}

/** `VM 101 (web-01)`, as messages name a guest. */
export function guestLabel({ type, vmid, name, template }: Guest): string {
  const noun = template ? 'template' : kindOf({ type }).noun;
  return `${noun} ${vmid}${name === '' ? '' : ` (${name})`}`;
}

/** Its path in the API. */
export function guestPath({ type, node, vmid }: Pick<Guest, 'type' | 'node' | 'vmid'>): string {
  return `/nodes/${node}/${type}/${vmid}`;
}
