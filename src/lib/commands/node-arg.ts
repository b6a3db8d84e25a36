import { Args } from '@oclif/core';

export const nodeArg = Args.string({ description: 'Node.', required: true, ignoreStdin: true });
