import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { readPinsFrom } from '../../idrac/pins.js';
import { repeatable } from './handler.js';

/** Written beside and renamed: a reader sees the old file or the new one, never half of one. */
export const bmcPin = repeatable<'bmc.pin'>(async ({ file, key, fingerprint }, context) => {
  const { [key]: _before, ...others } = await readPinsFrom(file);
  const pins = fingerprint === null ? others : { ...others, [key]: fingerprint };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${context.operationId}`;
  await writeFile(beside, `${JSON.stringify(pins, undefined, 2)}\n`, { mode: 0o600 });
  await rename(beside, file);
  return { key };
});
