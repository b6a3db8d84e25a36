import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { NodePower } from '../operations/node/power.js';

/** What `node reboot` and `node shutdown` have in common. */
export abstract class NodePowerCommand extends ChangeCommand<NodePower> {
  protected async planPower(command: NodePower['command'], node: string): Promise<Plan> {
    const { planNodePower } = await import('../operations/node/power.js');
    return planNodePower(await this.pve(), await this.inventory(), node, command);
  }

  protected override view({ node, command }: NodePower): void {
    this.output.print(`Node ${node} ${command === 'reboot' ? 'reboots' : 'shuts down'}.`);
  }
}
