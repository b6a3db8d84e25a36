import type { ErrorEntry } from '../entry.js';

/** Building templates again and again, and keeping them. */
export const templateLife: readonly ErrorEntry[] = [
  {
    code: 'PMX_ARCHIVE_NOT_TEMPLATE',
    title: 'The backup is not that of a template',
    meaning:
      'template restore makes templates only. The configuration in the archive says that it was a VM or a container.',
    causes: ['The archive of a VM was named.', 'The template was converted after this backup.'],
    remedies: [
      'Restore it as what it is: pmx backup restore ARCHIVE',
      'Then make it a template: pmx template create --from-vm VM --name NAME',
    ],
  },
  {
    code: 'PMX_CATALOG_CHANGED',
    title: 'Somebody else has written the catalogue file meanwhile',
    meaning: 'Between planning and writing the file became another one. Nothing was written.',
    causes: ['Two catalog update at once, or an editor.'],
    remedies: ['Do it again.'],
  },
  {
    code: 'PMX_CATALOG_SOURCE',
    title: 'Nothing says where a newer catalogue comes from, or where to',
    meaning:
      'catalog update copies from the setting catalogSource to the file of the setting catalog. pmx has no publisher of its own for either: the catalogue that comes with pmx changes with pmx.',
    causes: ['One of the two is not set.'],
    remedies: [
      'pmx config set catalogSource https://example.org/catalog.yaml',
      'pmx config set catalog ~/.config/pmx/catalog.yaml',
    ],
  },
  {
    code: 'PMX_NOT_EXPORTABLE',
    title: 'The template cannot be exported',
    meaning:
      'template export says which distribution a template is made from. The API of Proxmox VE has no way to read the disk of a guest, so a template of another origin cannot be exported.',
    causes: ['It was made with --image, --url or --from-vm, or by another tool.'],
    remedies: [
      'pmx template backup NAME --storage SHARED, and pmx template restore ARCHIVE on the other cluster.',
      'Make it from the same image there: pmx template create --image FILE --name NAME',
    ],
  },
  {
    code: 'PMX_NOT_REFRESHABLE',
    title: 'Nobody says whether there is a newer image of this template',
    meaning:
      'template refresh asks the publisher that the catalogue names. This template has no distribution of the catalogue in its notes.',
    causes: [
      'It was made with --image, --url or --from-vm, by an older pmx, or by another tool.',
      'Somebody took the line pmx-template: out of its notes.',
    ],
    remedies: [
      'Make the next version yourself: pmx template create … --version auto',
      'List it with its image in a file: pmx template build -f templates.yaml',
      'With --all such templates are left out.',
    ],
  },
  {
    code: 'PMX_SIGNATURE_INVALID',
    title: 'The checksums of an image are not signed as they must be',
    meaning:
      'The setting keyrings has the keys of this publisher, and gpgv finds no good signature by one of them. pmx takes no checksum from such a file, and downloads nothing.',
    causes: [
      'A mirror is in the middle of an update.',
      'The publisher signs with a new key, or the keyring is that of somebody else.',
      'Somebody changed the file.',
    ],
    remedies: [
      'Try again later, or without a mirror.',
      'Get the keyring anew from the distribution, and hold its fingerprint against what the publisher says.',
    ],
  },
  {
    code: 'PMX_SIGNATURE_UNCHECKABLE',
    title: 'A signature is to be checked and cannot be',
    meaning:
      'The setting keyrings asks for signatures of this publisher to be checked, which needs the program gpgv and a keyring that can be read.',
    causes: ['gpgv is not installed.', 'The keyring was moved, or is not readable.'],
    remedies: [
      'Debian and Ubuntu: apt install gpgv',
      'See what is set: pmx config get keyrings',
      'A keyring in text form (.asc) is turned into one for gpgv with: gpg --dearmor',
    ],
  },
];
