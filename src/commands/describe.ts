import { Args } from '@oclif/core';

import { ForwardingCommand } from '../lib/commands/forwarding-command.js';

export default class Describe extends ForwardingCommand {
  static override summary = 'Show one thing with all that is known of it, as kubectl does.';
  static override description = 'The same as "pmx KIND show NAME", with all its flags.';
  static override examples = [
    '<%= config.bin %> describe vm web-01',
    '<%= config.bin %> describe node pve1 --json',
  ];
  static override strict = false;
  static override args = {
    kind: Args.string({
      description: 'vm, ct, template, node, storage, pool, task, context or op.',
      required: true,
      ignoreStdin: true,
    }),
    name: Args.string({ description: 'Name or id.', required: true, ignoreStdin: true }),
  };

  protected readonly verb = 'describe';
}
