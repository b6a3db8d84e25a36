import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A row of the list of downloadable container templates. */
export interface Appliance {
  template: string;
  package: string;
  version: string;
  os: string;
  section: string;
  headline: string;
}

const system = (name: string, version: string, headline: string): Appliance => {
  const [os] = name.split('-') as [string];
  return {
    template: `${name}_${version}_amd64.tar.gz`,
    package: name,
    version,
    os: /-\d/.test(name) ? name.split('-').slice(0, 2).join('-') : os,
    section: 'system',
    headline,
  };
};

/** What a fresh server would offer; there is no way to a real list from here. */
export const APPLIANCES: readonly Appliance[] = [
  system('alpine-3.22-default', '20250617', 'LXC default image for alpine 3.22 (20250617)'),
  system('debian-12-standard', '12.12-1', 'Debian 12 Bookworm (standard)'),
  system('debian-13-standard', '13.1-2', 'Debian 13 Trixie (standard)'),
  system('ubuntu-24.04-standard', '24.04-2', 'Ubuntu 24.04 Noble (standard)'),
];

const BLOCK = 512;

/** One file of a tar archive, as POSIX ustar. */
function entry(name: string, content: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(Buffer.byteLength(content), 11), 124);
  header.write(octal(0, 11), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\u0000 `,
    148,
  );
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / BLOCK) * BLOCK);
  body.write(content);
  return Buffer.concat([header, body]);
}

/** The archive itself: a root that says which system it is. The same bytes every time. */
export function archiveOf({ os, version, headline }: Appliance): Buffer {
  const [id = os, release = version] = os.split('-');
  return gzipSync(
    Buffer.concat([
      entry('etc/os-release', `ID=${id}\nVERSION_ID="${release}"\nPRETTY_NAME="${headline}"\n`),
      entry('etc/hostname', 'localhost\n'),
      Buffer.alloc(2 * BLOCK),
    ]),
  );
}

/** The row as PVE lists it. */
export function applianceRow(appliance: Appliance): Record<string, unknown> {
  const { template, section } = appliance;
  return {
    ...appliance,
    type: 'lxc',
    architecture: 'amd64',
    description: `${appliance.headline}\nA small root for trying things out.`,
    infopage: 'https://pve.proxmox.com/wiki/Linux_Container',
    location: `http://download.proxmox.com/images/${section}/${template}`,
    maintainer: 'Proxmox Support Team <support@proxmox.com>',
    sha512sum: createHash('sha512').update(archiveOf(appliance)).digest('hex'),
    source: 'http://download.proxmox.com/images',
  };
}
