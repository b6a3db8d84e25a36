import { setFlagsFromString } from 'node:v8';

import { sealKeptCode } from './kept-code.js';

/** Kept code is only good for the flags that it was made under. */
export function setV8Flags(...flags: readonly string[]): void {
  sealKeptCode(flags);
  for (const flag of flags) setFlagsFromString(flag);
}
