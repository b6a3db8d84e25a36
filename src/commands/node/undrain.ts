import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { nodeArg } from '../../lib/commands/node-arg.js';
import type { Undrained } from '../../lib/operations/node/undrain.js';

export default class NodeUndrain extends ChangeCommand<Undrained> {
  static override summary = 'Bring the guests home that the last drain of a node moved away.';
  static override description = `Running VMs move while they run, containers with a restart. What was done with the guests meanwhile stays. When one of
them was moved on or deleted since, it is named and nothing is moved. Only a drain that this machine's pmx completed
can be taken back; for one that was cut off see "pmx op rollback".`;
  static override examples = [
    '<%= config.bin %> node undrain pve1 --dry-run',
    '<%= config.bin %> node undrain pve1',
  ];
  static override args = { node: nodeArg };

  protected override async plan(): Promise<Plan> {
    const { planUndrain } = await import('../../lib/operations/node/undrain.js');
    const { node } = this.argsOf(NodeUndrain);
    await (await this.inventory()).node(node);
    return planUndrain(this.session.operations, await this.pve(), node);
  }

  protected override view({ operation, done }: Undrained): void {
    if (operation === null) this.output.print('No drain of this node is left to take back.');
    for (const title of done) this.output.print(`Done: ${title}.`);
  }
}
