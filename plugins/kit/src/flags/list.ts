import { Flags } from '@oclif/core';

const helpGroup = 'LIST';

/** Flags of every list. */
export const listFlags = {
  columns: Flags.string({
    description: 'Only these columns, in this order; any field of the JSON output may be one.',
    helpGroup,
    helpValue: 'NAME,…',
  }),
  'sort-by': Flags.string({
    description: 'Order by these columns; -NAME for the other way round.',
    helpGroup,
    helpValue: 'NAME,…',
  }),
  filter: Flags.string({
    description: "Only rows that fit: 'status=running,memory>1G,name~web-*'.",
    helpGroup,
    helpValue: 'KEY=VALUE,…',
    multiple: true,
  }),
  'no-headers': Flags.boolean({ description: 'Leave the line with the names out.', helpGroup }),
  strict: Flags.boolean({
    description:
      'End with exit code 3 when a node could not be asked; without it that is a warning.',
    helpGroup,
  }),
  watch: Flags.string({
    description: 'Show it again and again, until Ctrl-C; --watch alone means every 2s.',
    helpGroup,
    helpValue: 'INTERVAL',
  }),
};
