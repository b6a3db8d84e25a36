import { Flags } from '@oclif/core';

/** How ssh reaches a container's node. */
export const nodeSshFlags = {
  user: Flags.string({
    char: 'u',
    description: 'User at the node; it must be able to run pct.',
    default: 'root',
    helpValue: 'USER',
  }),
  host: Flags.string({
    description: 'Address of the node, when the one that the cluster knows does not do.',
    helpValue: 'ADDRESS',
  }),
  port: Flags.integer({
    char: 'p',
    description: 'Port of its SSH server.',
    helpValue: 'PORT',
    min: 1,
    max: 65_535,
  }),
  identity: Flags.string({ char: 'i', description: 'File with the key.', helpValue: 'FILE' }),
  jump: Flags.string({
    char: 'J',
    description: 'Host to go through.',
    helpValue: '[USER@]HOST[:PORT]',
  }),
};
