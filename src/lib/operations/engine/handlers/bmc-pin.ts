import { writeAtomically, whileLocked } from '../../../config/write/atomic.js';
import { readPinsFrom } from '../../idrac/pins.js';
import { repeatable } from './handler.js';

/** One writer at a time, so that two pmx that pin different hosts lose neither. */
export const bmcPin = repeatable<'bmc.pin'>(async ({ file, key, fingerprint, only }, context) => {
  if (only !== undefined && context.resolve(only) === false) return { key, changed: false };
  const wanted = fingerprint === null ? null : (context.resolve(fingerprint) as string);
  await whileLocked(file, async () => {
    const { [key]: _before, ...others } = await readPinsFrom(file);
    const pins = wanted === null ? others : { ...others, [key]: wanted };
    writeAtomically(file, `${JSON.stringify(pins, undefined, 2)}\n`, 0o600);
  });
  return { key, changed: true };
});
