import type { VmConfig } from '../../../state/model.js';

/** Where a drive's bytes are. */
export interface DriveFile {
  path: string;
  format: string;
}

/** What the command line needs to know beyond the configuration. */
export interface Machine {
  vmid: number;
  config: VmConfig;
  accel: 'kvm' | 'tcg';
  /** A guest gets no more CPUs than this. */
  cpuLimit: number;
  /** Drives by key; a CD-ROM drive without a disc has none. */
  files: Readonly<Record<string, DriveFile>>;
  /** UEFI: code and variables. */
  firmware?: { code: string; variables: DriveFile };
  /** A private directory with a short name: socket paths may have 107 bytes. */
  runtimeDir: string;
  serialLog: (number: number) => string;
  /** Guests reach this machine, and what it reaches. */
  openNetwork: boolean;
  /** Says what is otherwise than configured. */
  note: (text: string) => void;
}

export const isQ35 = (config: VmConfig): boolean => /q35/.test(String(config['machine'] ?? ''));

/** The bus that PCI devices sit on. */
export const pciBus = (config: VmConfig): string => (isQ35(config) ? 'pcie.0' : 'pci.0');

/** A value within a list of QEMU options: commas are doubled. */
export const quoted = (value: string): string => value.replaceAll(',', ',,');

/** Whether a flag of the configuration is set; configurations hold 0 and 1. */
export function isOn(config: VmConfig, key: string, byDefault: boolean): boolean {
  const value = config[key];
  return value === undefined ? byDefault : Number(value) === 1;
}

/** The numbers of options such as net0, net1 …, in order. */
export function numbered(config: VmConfig, prefix: string): { key: string; number: number }[] {
  return Object.keys(config)
    .flatMap((key) => {
      const rest = key.startsWith(prefix) ? key.slice(prefix.length) : '';
      return /^\d+$/.test(rest) ? [{ key, number: Number(rest) }] : [];
    })
    .sort((left, right) => left.number - right.number);
}

/** `a=1,b` as a map; the first part without a name belongs to `first`. */
export function parts(text: string, first: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [first, part] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}
