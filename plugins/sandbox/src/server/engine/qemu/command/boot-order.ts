import { isCdrom, isDriveKey, parseDrive } from '../../../qemu/drive.js';
import type { VmConfig } from '../../../state/model.js';

/** PVE counts from here, so that there is room in front. */
const FIRST = 100;

/** The older form: c is the first disk, d a CD-ROM, n the network. */
function byLetters(config: VmConfig, letters: string): string[] {
  const drives = Object.keys(config).filter(isDriveKey).sort();
  const cdroms = drives.filter((key) => isCdrom(parseDrive(key, String(config[key]))));
  const disks = drives.filter((key) => !cdroms.includes(key) && !/^(?:efidisk|tpmstate)/.test(key));
  const bootDisk = config['bootdisk'] === undefined ? disks[0] : String(config['bootdisk']);
  const nets = Object.keys(config)
    .filter((key) => /^net\d+$/.test(key))
    .sort();
  return [...letters].flatMap((letter) => {
    if (letter === 'c') return bootDisk === undefined ? [] : [bootDisk];
    return letter === 'd' ? cdroms : letter === 'n' ? nets : [];
  });
}

/** The bootindex of every device that the machine may boot from. */
export function bootIndexes(config: VmConfig): Readonly<Record<string, number>> {
  const boot = String(config['boot'] ?? 'cdn').trim();
  const order = /(?:^|,)order=([^,]*)/.exec(boot)?.[1];
  const keys =
    order === undefined
      ? byLetters(config, /^(?:legacy=)?([acdn]+)$/.exec(boot)?.[1] ?? '')
      : order.split(';');
  return Object.fromEntries(
    [...new Set(keys)]
      .filter((key) => config[key] !== undefined)
      .map((key, index) => [key, FIRST + index]),
  );
}

/** `,bootindex=100`, or nothing. */
export function bootIndexOf(config: VmConfig, key: string): string {
  const index = bootIndexes(config)[key];
  return index === undefined ? '' : `,bootindex=${index}`;
}
