/** Hardware of a template by purpose; what is said on the command line is nearer. */
export interface HardwareProfile {
  /** What it is for, and why it is as it is. */
  about: string;
  memoryMebibytes: number;
  cores: number;
  settings: Readonly<Record<string, string | number>>;
  /** Options of the disk, beside discard and iothread. */
  disk: string;
}

export const hardwareProfiles = {
  small: {
    about: 'one core, 1 GiB, memory that ballooning may take back',
    memoryMebibytes: 1024,
    cores: 1,
    settings: { balloon: 512 },
    disk: '',
  },
  performance: {
    about: "the node's own CPU type (such VMs move between equal nodes only), no ballooning, SSD",
    memoryMebibytes: 4096,
    cores: 4,
    settings: { cpu: 'host', numa: 1, balloon: 0 },
    disk: ',ssd=1',
  },
  database: {
    about: "8 GiB without ballooning, NUMA, a disk past the node's page cache",
    memoryMebibytes: 8192,
    cores: 4,
    settings: { numa: 1, balloon: 0 },
    disk: ',ssd=1,cache=none,aio=native',
  },
} as const satisfies Record<string, HardwareProfile>;

export type ProfileName = keyof typeof hardwareProfiles;

export const profileNames = Object.keys(hardwareProfiles) as ProfileName[];

/** `small: …; performance: …`, for help. */
export const profilesInWords = profileNames
  .map((name) => `${name}: ${hardwareProfiles[name].about}`)
  .join('; ');

/** `--nics 4 --bridge-base vmbr --skip-bridge-indexes 1,3` → vmbr0, vmbr2, vmbr4, vmbr5. */
export function bridgesFor(count: number, base: string, skipped: readonly number[]): string[] {
  const bridges: string[] = [];
  for (let index = 0; bridges.length < count; index++)
    if (!skipped.includes(index)) bridges.push(`${base}${index}`);
  return bridges;
}
