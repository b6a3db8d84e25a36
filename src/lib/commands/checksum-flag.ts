import { Flags } from '@oclif/core';

import type { Checksum } from '../operations/storage/files.js';

export const checksumFlag = Flags.custom<Checksum>({
  description:
    'What the file must have, checked by the server: ALGORITHM:HEX (sha256:…, sha512:…).',
  helpValue: 'CHECKSUM',
  parse: async (value) => (await import('../operations/storage/files.js')).parseChecksum(value),
});
