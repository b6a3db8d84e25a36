import type { Plan } from '@pmx-cli/kit';

import { nodeArg } from '../../lib/commands/node-arg.js';
import { NodePowerCommand } from '../../lib/commands/node-power-command.js';

export default class NodeReboot extends NodePowerCommand {
  static override summary = 'Reboot a node.';
  static override description = `Names beforehand which guests run there and which of them start again with it (onboot), and whether the cluster
keeps its quorum. Asks, unless --yes is given. To spare the guests, move them away first: pmx node drain.`;
  static override examples = [
    '<%= config.bin %> node reboot pve2 --dry-run',
    '<%= config.bin %> node drain pve2 && <%= config.bin %> node reboot pve2 --yes',
  ];
  static override args = { node: nodeArg };

  protected override plan(): Promise<Plan> {
    return this.planPower('reboot', this.argsOf(NodeReboot).node);
  }
}
