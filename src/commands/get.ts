import { Args } from '@oclif/core';

import { ForwardingCommand } from '../lib/commands/forwarding-command.js';

export default class Get extends ForwardingCommand {
  static override summary = 'List things of a kind, or show one, as kubectl does.';
  static override description = `The same as "pmx KIND list" and "pmx KIND show NAME", with all their flags. "all" is everything that
the cluster lists (pmx cluster resources).`;
  static override examples = [
    '<%= config.bin %> get vm',
    '<%= config.bin %> get nodes -o wide',
    '<%= config.bin %> get vm web-01 --json',
    '<%= config.bin %> get all',
  ];
  static override strict = false;
  static override args = {
    kind: Args.string({
      description: 'vm, ct, template, node, storage, pool, task, context, op, or all.',
      required: true,
      ignoreStdin: true,
    }),
    name: Args.string({ description: 'Name or id; all of them when left out.', ignoreStdin: true }),
  };

  protected readonly verb = 'get';
}
