import { apache, binary, clearsigned, copy, made, nginx, type Shape, sized, two } from './shape.ts';

/** Distributions that most ask for. */
export const linux: readonly Shape[] = [
  {
    of: ['ubuntu'],
    form: 'SHA256SUMS of a folder in binary mode, ordered by digest; its signature is a file of its own',
    known: copy('osism/openstack-image-manager and kubevirt/containerdisks'),
    checksums: (file) =>
      binary('sha256', `${file}.manifest`, file.replace('.img', '-azure.vhd.tar.gz'), file),
  },
  {
    of: ['debian'],
    form: 'SHA512SUMS of a folder, each image as .json, .qcow2, .raw and .tar.xz; not signed',
    known: copy('osism/openstack-image-manager'),
    checksums: (file) => {
      const all = [file.replace('genericcloud', 'generic'), file];
      const names = all.flatMap((name) =>
        ['json', 'qcow2', 'raw', 'tar.xz'].map((end) => name.replace('qcow2', end)),
      );
      return two('sha512', ...names);
    },
  },
  {
    of: ['fedora'],
    form: 'CHECKSUM of a folder, with sizes in comments, signed around; the build is in both names',
    known: 'seen: a copy of that of Fedora 44 in public tests of a check of signatures',
    listing: ({ entry: { version: v }, arch }) => ({
      text: apache(
        `Fedora-Cloud-${v}-1.10-${arch}-CHECKSUM`,
        `Fedora-Cloud-Base-AmazonEC2-${v}-1.12.${arch}.raw.xz`,
        `Fedora-Cloud-Base-Generic-${v}-1.9.${arch}.qcow2`,
        `Fedora-Cloud-Base-Generic-${v}-1.10.${arch}.qcow2`,
        `Fedora-Cloud-Base-UEFI-UKI-${v}-1.11.${arch}.qcow2`,
      ),
      build: '1.10',
      file: `Fedora-Cloud-Base-Generic-${v}-1.10.${arch}.qcow2`,
    }),
    checksums: (file) =>
      clearsigned(sized(file.replace('Generic', 'GCE'), file, file.replace('Generic', 'UEFI-UKI'))),
  },
  {
    of: ['fedora-rawhide'],
    form: 'as of releases, not signed; its name has the architecture before the day',
    known: 'seen: both names in public tests of a tool; the text itself is taken from releases',
    listing: ({ arch }) => ({
      text: apache(
        `Fedora-Cloud-Base-Generic-Rawhide-20260719.n.1.${arch}.qcow2`,
        `Fedora-Cloud-Base-Generic-Rawhide-20260720.n.0.${arch}.qcow2`,
        `Fedora-Cloud-images-Rawhide-${arch}-20260720.n.0-CHECKSUM`,
      ),
      build: '20260720.n.0',
      file: `Fedora-Cloud-Base-Generic-Rawhide-20260720.n.0.${arch}.qcow2`,
    }),
    checksums: (file) => sized(file.replace('Generic', 'UEFI-UKI'), file),
  },
  {
    of: ['almalinux'],
    form: 'CHECKSUM of a folder, each image by its date and as latest; its signature is a file of its own',
    known: copy('kubevirt/containerdisks'),
    checksums: (file) =>
      two(
        'sha256',
        file.replace('latest', '9.8-20260526'),
        file.replace('latest', 'ext4-latest'),
        file,
        file.replace('GenericCloud', 'OpenNebula'),
      ),
  },
  {
    of: ['rocky'],
    form: 'CHECKSUM of one image, with its size in a comment',
    known: copy('osism/openstack-image-manager'),
    checksums: (file) => sized(file),
  },
  {
    of: ['centos-stream-8'],
    form: 'CHECKSUM of a folder with all builds of years, with sizes in comments',
    known: copy('kubevirt/containerdisks'),
    checksums: (file) =>
      sized(
        'CentOS-Stream-Container-Base-8-20240603.0.x86_64.tar.xz',
        file.replace('20240603', '20240513'),
        file,
      ),
  },
  {
    of: ['centos-stream'],
    form: 'SHA256SUM of one image, with its size in a comment',
    known: 'seen: how lima-vm/lima (hack/update-template-centos-stream.sh) reads it',
    checksums: (file) => sized(file),
  },
  {
    of: ['centos'],
    form: 'sha256sum.txt of a folder with all builds, each as .qcow2, .qcow2c and .qcow2.xz',
    known: copy('osism/openstack-image-manager'),
    checksums: (file) =>
      two('sha256', file.replace('.qcow2', '-2003.qcow2'), file, `${file}c`, `${file}.xz`),
  },
  {
    of: ['opensuse-leap-15.5', 'opensuse-leap-15.6'],
    form: '.sha256 of one image, with one space only',
    known: copy('kubevirt/containerdisks'),
    checksums: (file) => two('sha256', file).replace('  ', ' '),
  },
  {
    of: ['opensuse'],
    form: '.sha256 of one image',
    known: copy('kubevirt/containerdisks'),
    checksums: (file) => two('sha256', file),
  },
  {
    of: ['archlinux'],
    form: '.SHA256 of one image, as sha256sum writes it',
    known: 'seen: archlinux/arch-boxes (build.sh) makes it so',
    checksums: (file) => two('sha256', file),
  },
  {
    of: ['alpine'],
    form: '.sha512 of one image: the digits and no more; nocloud_ before the name is gone since 3.23.6, rebuilds count up -r0',
    known:
      'seen: public tests of four tools that read the folder; lima-vm/lima takes the whole file',
    listing: ({ entry: { version: v }, arch }) => ({
      text: nginx(
        `aws_alpine-${v}.12-${arch}-bios-cloudinit-r0.vhd`,
        `generic_alpine-${v}.11-${arch}-bios-cloudinit-r0.qcow2`,
        `nocloud_alpine-${v}.9-${arch}-bios-cloudinit-r0.qcow2`,
        `nocloud_alpine-${v}.10-${arch}-bios-cloudinit-metal-r3.qcow2`,
        `nocloud_alpine-${v}.10-${arch}-bios-cloudinit-r0.qcow2`,
        `nocloud_alpine-${v}.10-${arch}-bios-cloudinit-r0.qcow2.sha512`,
        `alpine-${v}.10-${arch}-bios-cloudinit-r2.qcow2`,
        `alpine-${v}.10-${arch}-bios-cloudinit-r2.qcow2.sha512`,
        `alpine-${v}.11-${arch}-bios-tiny-r0.qcow2`,
        `alpine-${v}.11-${arch}-uefi-cloudinit-r0.qcow2`,
      ),
      build: `${v}.10`,
      file: `alpine-${v}.10-${arch}-bios-cloudinit-r2.qcow2`,
    }),
    checksums: (file) => made('sha512', file),
  },
  {
    of: ['alpine-3.24'],
    form: 'as before, and the name says nothing of the firmware any more',
    known: 'seen: public tests of two tools that read the folder',
    listing: ({ arch }) => ({
      text: nginx(
        `alpine-3.24.2-${arch}-cloudinit-metal-r4.qcow2`,
        `alpine-3.24.2-${arch}-cloudinit-r0.qcow2`,
        `alpine-3.24.2-${arch}-cloudinit-r2.qcow2`,
        `alpine-3.24.2-${arch}-cloudinit-r2.qcow2.sha512`,
        `alpine-3.24.2-${arch}-tiny-r0.qcow2`,
        `generic_alpine-3.24.3-${arch}-uefi-cloudinit-r0.qcow2`,
        `nocloud_alpine-3.24.1-${arch}-bios-cloudinit-r0.qcow2`,
      ),
      build: '3.24.2',
      file: `alpine-3.24.2-${arch}-cloudinit-r2.qcow2`,
    }),
    checksums: (file) => made('sha512', file),
  },
];
