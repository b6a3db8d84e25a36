import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { nodeArg } from '../../lib/commands/node-arg.js';
import type { DrainResult } from '../../lib/operations/node/drain.js';

export default class NodeDrain extends ChangeCommand<DrainResult> {
  static override summary = 'Move all guests of a node to the others, for maintenance.';
  static override description = `Finds out first where each guest would go: memory and processors of the other nodes, storages that must be there,
local disks, passed-through devices, HA, locks. When one cannot leave, all that hold it are named and nothing is moved,
unless --skip-blocked is given. Running VMs move while they run, containers with a restart; templates stay. When a
move fails or Ctrl-C comes, the guests that have moved go home again, also with "pmx op rollback" after a crash.
Nothing keeps new guests away from the node meanwhile.`;
  static override examples = [
    '<%= config.bin %> node drain pve1 --dry-run',
    '<%= config.bin %> node drain pve1 --to pve2,pve3 --parallel 4',
    '<%= config.bin %> node drain pve1 --with-local-disks --skip-blocked --json',
  ];
  static override args = { node: nodeArg };
  static override flags = {
    to: Flags.string({
      description: 'Only onto these nodes; all others that are online when left out.',
      multiple: true,
      delimiter: ',',
      helpValue: 'NODE,…',
    }),
    parallel: Flags.integer({
      description: 'Guests on the way at the same time.',
      default: 2,
      min: 1,
      max: 16,
    }),
    'skip-blocked': Flags.boolean({ description: 'Leave those that cannot be moved.' }),
    'with-local-disks': Flags.boolean({
      description: 'Copy disks that only this node has; the storage must be on the target, too.',
    }),
    'running-only': Flags.boolean({ description: 'Leave guests that do not run.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { planDrain } = await import('../../lib/operations/node/drain.js');
    const given = this.flagsOf(NodeDrain);
    return planDrain(await this.pve(), await this.inventory(), {
      node: this.argsOf(NodeDrain).node,
      to: given.to,
      parallel: given.parallel,
      skipBlocked: given['skip-blocked'],
      withLocalDisks: given['with-local-disks'],
      runningOnly: given['running-only'],
    });
  }

  protected override view({ node, moved, left }: DrainResult): void {
    for (const { vmid, name, to } of moved) this.output.print(`${vmid} (${name}) is on ${to}.`);
    for (const { vmid, name } of left) this.output.print(`${vmid} (${name}) stays on ${node}.`);
  }
}
