import { Flags } from '@oclif/core';

const helpGroup = 'TARGET';

/** Flags of every command that takes any number of guests. */
export const targetFlags = {
  selector: Flags.string({
    char: 'l',
    description:
      "Guests by tag, status, node, pool, name or lock: 'tag=web,status=running,node!=pve2'.",
    helpGroup,
    helpValue: 'KEY=VALUE,…',
    multiple: true,
  }),
  'allow-empty': Flags.boolean({
    description: 'A range, pattern or selector that matches nothing is no mistake.',
    helpGroup,
  }),
};
