import { Flags } from '@oclif/core';

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
  'keep-on-failure': Flags.boolean({
    description: 'When a step fails, leave what was made (pmx op rollback takes it back later).',
    helpGroup,
  }),
};
