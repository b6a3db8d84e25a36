import type { ErrorEntry } from '../entry.js';

const convert = 'Convert it: qemu-img convert -O qcow2 FILE disk.qcow2';
const again = 'Download it again and compare its checksum: sha256sum FILE';

/** What a file is that was given as disk image. It is checked before anything is sent. */
export const images: readonly ErrorEntry[] = [
  {
    code: 'PMX_IMAGE_NOT_A_FILE',
    title: 'Not a regular file',
    meaning: 'The image is a directory, device, pipe or socket.',
    causes: [
      'The folder was given instead of the image in it.',
      'A disk of this machine (/dev/sdb, an LVM volume) was given.',
    ],
    remedies: [
      'Name the image inside the directory.',
      'From a device, while nothing uses it: qemu-img convert -O qcow2 /dev/sdb disk.qcow2',
    ],
  },
  {
    code: 'PMX_IMAGE_EMPTY',
    title: 'The image is empty',
    meaning: 'The file has 0 bytes.',
    causes: [
      'The download failed, and only the name was made.',
      'A redirection of the shell (> FILE) emptied it.',
    ],
    remedies: [again],
  },
  {
    code: 'PMX_IMAGE_TEXT',
    title: 'The image is text',
    meaning: 'The file holds a web page or other text instead of a disk.',
    causes: [
      'The download saved an error page or a login page of the site.',
      'It is a list of checksums, or a Git LFS pointer.',
    ],
    remedies: [
      'See what it says: head FILE',
      'Download with curl -fLO URL, which follows redirects and fails on errors.',
    ],
  },
  {
    code: 'PMX_IMAGE_COMPRESSED',
    title: 'The image is compressed',
    meaning: 'It is a gzip, xz, zstd or other archive; it has to be unpacked first.',
    causes: ['Many distributions publish raw images as .raw.xz or .img.gz.'],
    remedies: ['Unpack it: xz -dk FILE.xz, gzip -dk FILE.gz or zstd -d FILE.zst'],
  },
  {
    code: 'PMX_IMAGE_FORMAT_UNSUPPORTED',
    title: 'A disk format that pmx does not take',
    meaning:
      'The image was recognised, but it is none of qcow2, raw, VMDK and OVA, or an odd kind of these.',
    causes: [
      'It is a VHD or VHDX of Hyper-V, a VDI of VirtualBox, or qcow of version 1.',
      'It is a VMDK of several parts or a descriptor only: export it as one file.',
      'It is a backup of Proxmox VE (VMA).',
    ],
    remedies: [
      'See what it is: qemu-img info FILE',
      convert,
      'A backup goes back on a node: qmrestore FILE VMID',
    ],
  },
  {
    code: 'PMX_IMAGE_INSTALLATION_MEDIUM',
    title: 'An installation medium, no disk',
    meaning: 'It is an ISO (CD or DVD). A template needs a disk with an installed system.',
    causes: ['The installer of a distribution was downloaded instead of its cloud image.'],
    remedies: [
      'Take the cloud image: names with cloud, genericcloud or cloudimg, ending with .qcow2, .img or .raw.',
      'To install from the ISO, upload it to content "iso" (web interface, or copy it to /var/lib/vz/template/iso) and attach it as CD drive.',
    ],
  },
  {
    code: 'PMX_IMAGE_UNKNOWN',
    title: 'No disk was recognised in the file',
    meaning:
      'It is no known image format, and as a raw disk it has neither partition table nor file system (ext, XFS, btrfs).',
    causes: [
      'It is a part of a disk, a data disk without partitions, or something else.',
      'It starts with zeros: the download was sparse or broken.',
    ],
    remedies: ['Ask what it is: file FILE', 'Or: qemu-img info FILE', again],
  },
  {
    code: 'PMX_IMAGE_TRUNCATED',
    title: 'The end of the image is missing',
    meaning: 'The image refers to places behind the end of the file.',
    causes: [
      'The download stopped early, or is still going on.',
      'The disk was full when it was copied.',
    ],
    remedies: [again, 'Look at it: qemu-img check FILE'],
  },
  {
    code: 'PMX_IMAGE_CORRUPT',
    title: 'The image is damaged',
    meaning: 'A value in its header or tables is one that no program writes.',
    causes: [
      'It was transferred in text mode, or damaged on a disk.',
      'It was cut together or edited by hand.',
    ],
    remedies: [again, 'Look at it: qemu-img check FILE'],
  },
  {
    code: 'PMX_IMAGE_DIRTY',
    title: 'The image was not closed cleanly',
    meaning: 'The qcow2 header says that it is in use, or damaged.',
    causes: ['A VM still runs on it.', 'That VM was killed, or its host crashed.'],
    remedies: ['Shut down the VM that uses it.', 'Repair it: qemu-img check -r all FILE'],
  },
  {
    code: 'PMX_IMAGE_BACKING_FILE',
    title: 'The image is only a difference',
    meaning: 'It holds what changed against another image, without which it is worth nothing.',
    causes: [
      'It is a snapshot, overlay or linked clone (qcow2 with backing file, VMDK with parent).',
    ],
    remedies: ['Merge both into one, where its base is: qemu-img convert -O qcow2 FILE disk.qcow2'],
  },
  {
    code: 'PMX_IMAGE_EXTERNAL_DATA',
    title: 'The data is in another file',
    meaning: 'The qcow2 file holds tables only; its data lies in an external raw file.',
    causes: ['It was made with data_file=.'],
    remedies: [convert],
  },
  {
    code: 'PMX_IMAGE_ENCRYPTED',
    title: 'The image is encrypted',
    meaning: 'Proxmox VE cannot ask for its key.',
    causes: ['qcow2 with LUKS or AES, or an encrypted VM of VMware.'],
    remedies: [
      'Decrypt a qcow2: qemu-img convert --object secret,id=s,file=KEYFILE --image-opts driver=qcow2,encrypt.key-secret=s,file.filename=FILE -O qcow2 disk.qcow2',
      'VMware: remove the encryption there, and export it again.',
    ],
  },
  {
    code: 'PMX_IMAGE_FEATURE_UNKNOWN',
    title: 'A feature of qcow2 that is not known',
    meaning: 'The header asks for an incompatible feature or compression that pmx cannot judge.',
    causes: ['It was written by a newer QEMU.', 'The header is damaged.'],
    remedies: ['With the QEMU that wrote it: qemu-img convert -O qcow2 FILE disk.qcow2'],
  },
  {
    code: 'PMX_IMAGE_VIRTUAL_SIZE',
    title: 'No size for a disk',
    meaning: 'The virtual size is 0, not whole sectors of 512 bytes, or too large.',
    causes: ['The image was made with a wrong size.', 'The header is damaged.'],
    remedies: ['Look at it: qemu-img info FILE', 'Make or export it again.'],
  },
  {
    code: 'PMX_IMAGE_OVA_NO_DESCRIPTOR',
    title: 'An archive without OVF',
    meaning: 'The tar holds no .ovf file, so it is no OVA.',
    causes: ['It is a container template, or an image that somebody packed with tar.'],
    remedies: ['See what is inside: tar -tvf FILE', 'Unpack it, and give the image itself to pmx.'],
  },
  {
    code: 'PMX_IMAGE_OVA_NO_DISK',
    title: 'An OVA without a disk that can be used',
    meaning: 'It holds no VMDK, or one that is compressed or not of one sparse file.',
    causes: [
      'VirtualBox or other tools packed a VHD, or compressed the disk.',
      'The OVA describes an appliance without disk.',
    ],
    remedies: [
      'Unpack it: tar -xvf FILE',
      'Convert its disk: qemu-img convert -O qcow2 DISK disk.qcow2',
    ],
  },
];
