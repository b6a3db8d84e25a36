import { type ByteSource, readAt, windowOf } from './byte-source.js';
import { printable, refuse, shellWord } from './refusal.js';
import { readTarMembers, type TarMember } from './tar.js';
import {
  descriptorOnly,
  esxSparseMagic,
  inspectVmdk,
  isDescriptorText,
  notSingleFile,
  vmdkMagic,
} from './vmdk.js';

export interface OvaDisk {
  offset: number;
  length: number;
  virtualSize: number;
  diskName: string;
  otherDisks: string[];
}

/**
 * Finds the first disk of an OVA and judges it. An OVA is a tar with an OVF descriptor and the disks
 * in the order of its References section (DMTF DSP0243, "Open Virtualization Format", section 5.2).
 *
 * @throws RequestError `PMX_IMAGE_…`
 */
export async function inspectOva(source: ByteSource): Promise<OvaDisk> {
  const { path } = source;
  const members = await readTarMembers(source);
  if (!members.some((member) => hasSuffix(member, '.ovf'))) {
    throw refuse({
      code: 'PMX_IMAGE_OVA_NO_DESCRIPTOR',
      path,
      found: 'is a tar archive without an .ovf file',
      rule: 'an archive must be an OVA, with an OVF descriptor and at least one VMDK',
      hints: [
        `See what is inside: tar -tvf ${shellWord(path)}`,
        'Unpack it and give the image itself to pmx.',
      ],
    });
  }
  const [disk, ...others] = members.filter((member) => hasSuffix(member, '.vmdk'));
  if (disk === undefined) {
    throw refuse({
      code: 'PMX_IMAGE_OVA_NO_DISK',
      path,
      found: `is an OVA without a .vmdk file (it has ${nameList(members)})`,
      rule: 'an OVA must hold at least one VMDK, whole and not compressed',
      hints: [
        `Unpack it: tar -xvf ${shellWord(path)}`,
        'Then convert the disk: qemu-img convert -O qcow2 DISK disk.qcow2',
      ],
    });
  }
  const image = windowOf(source, disk.offset, disk.size);
  const head = await readAt(image, 0, 512);
  const magic = head.subarray(0, 4);
  if (isDescriptorText(head)) throw descriptorOnly(path);
  if (magic.equals(esxSparseMagic)) throw notSingleFile(path, 'holds a sparse extent of ESX');
  if (!magic.equals(vmdkMagic)) {
    throw refuse({
      code: 'PMX_IMAGE_OVA_NO_DISK',
      path,
      found: `holds ${JSON.stringify(printable(disk.name))}, which is not a sparse VMDK`,
      rule: 'the disk of an OVA must be a VMDK (monolithicSparse or streamOptimized)',
      hints: [
        `Unpack it: tar -xvf ${shellWord(path)}`,
        'Then look at the disk: qemu-img info DISK',
      ],
    });
  }
  const { virtualSize } = await inspectVmdk(image);
  return {
    offset: disk.offset,
    length: disk.size,
    virtualSize,
    diskName: disk.name,
    otherDisks: others.map((member) => member.name),
  };
}

function hasSuffix(member: TarMember, suffix: string): boolean {
  return member.name.toLowerCase().endsWith(suffix);
}

function nameList(members: readonly TarMember[]): string {
  const shown = members.slice(0, 5).map((member) => printable(member.name, 60));
  const rest = members.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
