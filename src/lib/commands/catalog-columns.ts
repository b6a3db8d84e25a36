import type { Column } from '@pmx-cli/kit';

import type { CatalogRow } from '../operations/catalog/read.js';

/** Of `catalog list` and `catalog search`. */
export const catalogColumns: ReadonlyArray<Column<CatalogRow>> = [
  { header: 'ID', value: ({ id }) => id, key: 'id' },
  { header: 'VERSION', value: ({ version }) => version, key: 'version' },
  { header: 'STATUS', value: ({ status }) => status, key: 'status' },
  { header: 'ARCH', value: ({ arch }) => arch.join(','), key: 'arch' },
  { header: 'USER', value: ({ user }) => user ?? undefined, key: 'user' },
  {
    header: 'DISK GIB',
    value: ({ minDiskGib }) => minDiskGib,
    key: 'minDiskGib',
    align: 'right',
  },
  { header: 'BY', value: ({ provisioning }) => provisioning, key: 'provisioning' },
  { header: 'CHECKSUM', value: ({ checksum }) => checksum ?? undefined, key: 'checksum' },
  { header: 'UNVERIFIED', value: ({ unverified }) => unverified.join(','), key: 'unverified' },
  { header: 'ALIASES', value: ({ aliases }) => aliases.join(','), key: 'aliases', wide: true },
  {
    header: 'CODENAME',
    value: ({ codename }) => codename ?? undefined,
    key: 'codename',
    wide: true,
  },
  { header: 'FIRMWARE', value: ({ firmware }) => firmware, key: 'firmware', wide: true },
  { header: 'FORMAT', value: ({ format }) => format, key: 'format', wide: true },
  {
    header: 'PACKED',
    value: ({ compression }) => compression ?? undefined,
    key: 'compression',
    wide: true,
  },
];
