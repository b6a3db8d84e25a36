import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { nodeArg } from '../../lib/commands/node-arg.js';
import type { NodeWake } from '../../lib/operations/node/power.js';

export default class NodeWakeCommand extends ChangeCommand<NodeWake> {
  static override summary = 'Wake a node that is off (Wake-on-LAN).';
  static override description =
    'Another node sends the packet. The address must be set on the node beforehand (option wakeonlan).';
  static override examples = [
    '<%= config.bin %> node wake pve2',
    '<%= config.bin %> node wake pve2 --dry-run',
  ];
  static override args = { node: nodeArg };

  protected override async plan(): Promise<Plan> {
    const { planNodeWake } = await import('../../lib/operations/node/power.js');
    return planNodeWake(await this.inventory(), this.argsOf(NodeWakeCommand).node);
  }

  protected override view({ node, changed }: NodeWake): void {
    this.output.print(changed ? `A wake-up packet is on its way to ${node}.` : `${node} is awake.`);
  }
}
