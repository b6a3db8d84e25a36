import { Flags } from '@oclif/core';
import { parseAge, parseDuration } from '@pmx-cli/kit';

/** `15m`, `8h`, `7d`, in milliseconds. */
export const span = Flags.custom<number>({
  helpValue: 'TIME',
  parse: async (value) => (/^\d+[dw]$/.test(value) ? parseAge(value) : parseDuration(value)),
});
