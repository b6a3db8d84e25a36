import { Args } from '@oclif/core';

export const poolArg = Args.string({
  description: 'Name of the pool.',
  required: true,
  ignoreStdin: true,
});

export const poolMemberArgs = {
  pool: poolArg,
  guest: Args.string({
    description:
      "Name or id of a guest; also a range (110-120) or a pattern ('web-*'). Several may be given.",
    ignoreStdin: true,
  }),
};
