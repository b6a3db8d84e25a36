import type { Plan } from '@pmx-cli/kit';

import { nodeArg } from '../../lib/commands/node-arg.js';
import { NodePowerCommand } from '../../lib/commands/node-power-command.js';

export default class NodeShutdown extends NodePowerCommand {
  static override summary = 'Shut a node down.';
  static override description = `Names beforehand which guests run there and whether the cluster keeps its quorum. Asks, unless --yes is given. To
spare the guests, move them away first: pmx node drain. pmx node wake starts it again where Wake-on-LAN is set up.`;
  static override examples = [
    '<%= config.bin %> node shutdown pve2 --dry-run',
    '<%= config.bin %> node drain pve2 && <%= config.bin %> node shutdown pve2 --yes',
  ];
  static override args = { node: nodeArg };

  protected override plan(): Promise<Plan> {
    return this.planPower('shutdown', this.argsOf(NodeShutdown).node);
  }
}
