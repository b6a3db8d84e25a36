import { Flags } from '@oclif/core';

import { parseDuration } from '../validate/duration.js';

const helpGroup = 'CHANGE';

/** Flags of every command that changes something. */
export const changeFlags = {
  'dry-run': Flags.boolean({
    description: 'Show what would be done, in order, and change nothing.',
    helpGroup,
  }),
  as: Flags.option({
    description: 'How --dry-run shows API calls.',
    options: ['words', 'curl', 'pvesh'] as const,
    dependsOn: ['dry-run'],
    helpGroup,
  })(),
  yes: Flags.boolean({
    char: 'y',
    description: 'Do not ask before a step that cannot be taken back.',
    helpGroup,
  }),
  quiet: Flags.boolean({
    description: 'Say nothing but warnings and errors; the exit code tells how it went.',
    helpGroup,
  }),
  'keep-on-failure': Flags.boolean({
    description: 'When a step fails, leave what was made (pmx op rollback takes it back later).',
    helpGroup,
  }),
  'fail-fast': Flags.boolean({
    description: 'Of several: begin no more after the first failure. Otherwise one stops no other.',
    helpGroup,
  }),
  parallel: Flags.integer({
    description:
      'Of several: at most so many at once; usually 8 on a node, 4 of them making volumes on a storage.',
    helpGroup,
    helpValue: 'N',
    min: 1,
    max: 256,
  }),
  'wait-lock': Flags.custom<number>({
    description: 'How long to wait for who else works on a guest (60s, 5m; 0: not at all).',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (value) => (value === '0' ? 0 : parseDuration(value)),
  })(),
};
