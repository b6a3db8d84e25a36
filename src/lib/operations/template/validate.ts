import type { Guest, PveReader } from '@pmx-cli/kit';

import { readConfig } from '../guest/reads.js';
import { bootDisk, drivesOf, type GuestConfig } from '../shared/guest-config.js';
import { versionOf } from './record.js';

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  rule: string;
  severity: Severity;
  message: string;
  /** What to do about it. */
  remedy: string;
}

export interface ValidationResult {
  vmid: number;
  name: string;
  node: string;
  /** False with at least one error. */
  ok: boolean;
  findings: Finding[];
}

interface Subject {
  guest: Guest;
  config: GuestConfig;
  set(option: string): boolean;
  text(option: string): string;
}

interface Rule {
  rule: string;
  /** Nothing when all is well. */
  check(subject: Subject): Omit<Finding, 'rule'> | undefined;
}

const leastMemory = 512;
const usefulMemory = 1024;

/** vm set and the like take no templates. */
const change = ({ guest: { node, vmid } }: Subject, words: string): string =>
  `pmx api put /nodes/${node}/qemu/${vmid}/config ${words}`;

/** Each with a reason that somebody has met in a guest. */
const rules: readonly Rule[] = [
  {
    rule: 'template',
    check: ({ guest }) =>
      guest.template
        ? undefined
        : found('error', 'It is a VM, no template.', `pmx template create --from-vm ${guest.vmid}`),
  },
  {
    rule: 'memory',
    check(subject) {
      const memory = Number(subject.text('memory').replace(/^current=/, '') || 512);
      if (memory < leastMemory)
        return found(
          'error',
          `${memory} MiB of memory: most cloud images do not boot below ${leastMemory}.`,
          change(subject, 'memory=2048'),
        );
      if (memory >= usefulMemory) return undefined;
      return found(
        'warning',
        `${memory} MiB of memory: installing packages at the first boot may need ${usefulMemory}.`,
        change(subject, 'memory=2048'),
      );
    },
  },
  {
    rule: 'cores',
    check(subject) {
      const cores = Number(subject.config['cores'] ?? 1) * Number(subject.config['sockets'] ?? 1);
      if (cores > 1) return undefined;
      return found('info', 'One core only.', change(subject, 'cores=2'));
    },
  },
  {
    rule: 'disk',
    check(subject) {
      if (bootDisk(subject.config)) return undefined;
      return found('error', 'It has no disk.', 'Make it anew from an image: pmx template create');
    },
  },
  {
    rule: 'disk-bus',
    check({ config }) {
      const disk = bootDisk(config);
      if (!disk || /^(?:scsi|virtio)/.test(disk.slot)) return undefined;
      return found(
        'warning',
        `Its disk is ${disk.slot}: slow, and kernels of cloud images often lack the driver.`,
        'Make it anew: pmx template create puts the disk on scsi0.',
      );
    },
  },
  {
    rule: 'scsi-controller',
    check(subject) {
      const disk = bootDisk(subject.config);
      if (!disk?.slot.startsWith('scsi') || /^virtio-scsi/.test(subject.text('scsihw')))
        return undefined;
      return found(
        'warning',
        `The SCSI controller is ${subject.text('scsihw') || 'lsi'}, not virtio.`,
        change(subject, 'scsihw=virtio-scsi-single'),
      );
    },
  },
  {
    rule: 'discard',
    check(subject) {
      const disk = bootDisk(subject.config);
      if (!disk || /(?:^|,)discard=on(?:,|$)/.test(subject.text(disk.slot))) return undefined;
      return found(
        'info',
        `${disk.slot} has no discard=on: what guests delete stays allocated on the storage.`,
        change(subject, `'${disk.slot}=${subject.text(disk.slot)},discard=on'`),
      );
    },
  },
  {
    rule: 'boot-order',
    check(subject) {
      const { config } = subject;
      const disk = bootDisk(config);
      const order = /order=([^,]*)/.exec(subject.text('boot'))?.[1]?.split(';') ?? [];
      if (!disk || order[0] === disk.slot) return undefined;
      const missing = order.filter((slot) => config[slot] === undefined && slot !== '');
      if (order.length === 0 || missing.includes(order[0]!))
        return found(
          'error',
          `It does not boot from its disk ${disk.slot}: the boot order is '${subject.text('boot').trim()}'.`,
          change(subject, `boot=order=${disk.slot}`),
        );
      return found(
        'warning',
        `${order[0]} is tried before the disk ${disk.slot}.`,
        change(subject, `boot=order=${disk.slot}`),
      );
    },
  },
  {
    rule: 'network',
    check(subject) {
      const devices = Object.keys(subject.config).filter((key) => /^net\d+$/.test(key));
      if (devices.length === 0)
        return found(
          'warning',
          'It has no network device.',
          change(subject, 'net0=virtio,bridge=vmbr0'),
        );
      const slow = devices.filter((key) => !/^virtio\b/.test(subject.text(key)));
      if (slow.length === 0) return undefined;
      return found(
        'warning',
        `${slow.join(', ')}: not virtio.`,
        change(subject, `${slow[0]}=virtio,bridge=vmbr0`),
      );
    },
  },
  {
    rule: 'cloud-init',
    check(subject) {
      const drive = drivesOf(subject.config).find(({ kind }) => kind === 'cloudinit');
      if (!drive)
        return found(
          'warning',
          'It has no cloud-init drive: vm create adds one when a user, key or address is given.',
          change(subject, 'scsi1=STORAGE:cloudinit'),
        );
      const q35 = /q35/.test(subject.text('machine'));
      if (!q35 || !drive.slot.startsWith('ide')) return undefined;
      return found(
        'error',
        `The cloud-init drive is ${drive.slot} on a q35 machine, where cloud kernels do not see it.`,
        'Put it on scsi1.',
      );
    },
  },
  {
    rule: 'agent',
    check(subject) {
      const agent = subject.text('agent');
      if (/^(?:1|enabled=1)(?:,|$)/.test(agent) || /(?:^|,)enabled=1(?:,|$)/.test(agent))
        return undefined;
      return found(
        'warning',
        'The guest agent is switched off: no addresses, no clean freeze, no vm exec.',
        change(subject, 'agent=1'),
      );
    },
  },
  {
    rule: 'serial',
    check(subject) {
      const serial = subject.text('serial0') !== '';
      if (subject.text('vga').startsWith('serial') && !serial)
        return found(
          'error',
          'Its display is a serial port that it does not have.',
          change(subject, 'serial0=socket'),
        );
      return serial
        ? undefined
        : found(
            'info',
            'It has no serial port: cloud images write their console there.',
            change(subject, 'serial0=socket'),
          );
    },
  },
  {
    rule: 'efi',
    check(subject) {
      const ovmf = subject.text('bios') === 'ovmf';
      if (ovmf && !subject.set('efidisk0'))
        return found(
          'error',
          'UEFI without a disk for its variables: boot entries are lost at every stop.',
          change(subject, 'efidisk0=STORAGE:1,efitype=4m'),
        );
      if (ovmf || !subject.set('efidisk0')) return undefined;
      return found(
        'warning',
        'It has an EFI disk, but boots with SeaBIOS.',
        change(subject, 'bios=ovmf'),
      );
    },
  },
  {
    rule: 'tags',
    check({ guest }) {
      if (versionOf(guest) !== undefined) return undefined;
      return found(
        'info',
        'It has no version, so it is neither pruned nor refreshed.',
        'Make the next one with a version: pmx template create … --version auto',
      );
    },
  },
  {
    rule: 'leftovers',
    check(subject) {
      const unused = drivesOf(subject.config).filter(({ kind }) => kind === 'unused');
      const media = drivesOf(subject.config).filter(({ kind }) => kind === 'cdrom');
      if (unused.length > 0)
        return found(
          'warning',
          `Disks that nothing uses: ${unused.map(({ volid }) => volid).join(', ')}.`,
          change(subject, `delete=${unused[0]!.slot}`),
        );
      if (media.length === 0) return undefined;
      return found(
        'warning',
        `A medium is in ${media[0]!.slot}: every clone has it, and cannot go to a node without it.`,
        change(subject, `delete=${media[0]!.slot}`),
      );
    },
  },
  {
    rule: 'passwords',
    check(subject) {
      if (!subject.set('cipassword')) return undefined;
      return found(
        'warning',
        'Every clone gets the same password (cipassword).',
        change(subject, 'delete=cipassword'),
      );
    },
  },
  {
    rule: 'node-bound',
    check(subject) {
      const bound = Object.keys(subject.config).filter(
        (key) => /^(?:hostpci|usb|serial)\d+$/.test(key) && /host=|\/dev\//.test(subject.text(key)),
      );
      if (bound.length === 0) return undefined;
      return found(
        'warning',
        `${bound.join(', ')}: devices of node ${subject.guest.node}.`,
        change(subject, `delete=${bound[0]}`),
      );
    },
  },
];

/** Names of all rules, for help and tests. */
export const ruleNames: readonly string[] = rules.map(({ rule }) => rule);

export async function validateTemplate(pve: PveReader, guest: Guest): Promise<ValidationResult> {
  const { vmid, name, node } = guest;
  const findings = findingsOf(guest, await readConfig(pve, guest));
  return {
    vmid,
    name,
    node,
    ok: findings.every(({ severity }) => severity !== 'error'),
    findings,
  };
}

const order: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** What is wrong with it, the worst first. */
export function findingsOf(guest: Guest, config: GuestConfig): Finding[] {
  const subject: Subject = {
    guest,
    config,
    set: (option) => config[option] !== undefined,
    text: (option) => String(config[option] ?? ''),
  };
  return rules
    .flatMap(({ rule, check }) => {
      const finding = check(subject);
      return finding ? [{ rule, ...finding }] : [];
    })
    .sort((a, b) => order[a.severity] - order[b.severity]);
}

function found(severity: Severity, message: string, remedy: string): Omit<Finding, 'rule'> {
  return { severity, message, remedy };
}
