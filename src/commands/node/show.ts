import { ShowCommand } from '@pmx-cli/kit';

import { nodeArg } from '../../lib/commands/node-arg.js';
import { bytes, duration, percent } from '../../lib/output/format.js';
import type { NodeDetails } from '../../lib/operations/node/read.js';

export default class NodeShow extends ShowCommand<NodeDetails> {
  static override summary = 'Show a node: what it uses, its versions, its guests, its services.';
  static override aliases = ['node:status'];
  static override examples = [
    '<%= config.bin %> node show pve1',
    '<%= config.bin %> node show pve1 --json',
  ];
  static override args = { node: nodeArg };

  protected override async show(): Promise<NodeDetails> {
    const { readNode } = await import('../../lib/operations/node/read.js');
    return readNode(await this.pve(), await this.inventory(), this.argsOf(NodeShow).node);
  }

  protected override view(node: NodeDetails): void {
    const { cpus, cpuUsage, load } = node;
    this.output.fields([
      ['Node', node.node],
      ['Status', node.status],
      ['Version', node.version],
      ['Kernel', node.kernel],
      ['Uptime', duration(node.uptimeSeconds)],
      ['CPU', cpus === undefined ? undefined : `${percent(cpuUsage)} of ${cpus} CPUs`],
      ['Model', node.cpuModel],
      ['Load', load?.map((value) => value.toFixed(2)).join(' ')],
      ['Memory', useText(node.memoryUsedBytes, node.memoryBytes)],
      ['Swap', node.swapBytes === 0 ? undefined : useText(node.swapUsedBytes, node.swapBytes)],
      ['Root disk', useText(node.rootUsedBytes, node.rootBytes)],
      ['Guests', `${node.guests.running} of ${node.guests.total} running`],
      ['Services', servicesText(node)],
    ]);
  }
}

function useText(used: number | undefined, total: number | undefined): string | undefined {
  if (used === undefined || !total) return undefined;
  return `${bytes(used)} of ${bytes(total)} (${percent(used / total)})`;
}

/** Those that should run and do not; all of them are in the JSON. */
function servicesText({ services }: NodeDetails): string | undefined {
  if (!services) return undefined;
  const down = services.filter(
    ({ state, unitState }) => unitState === 'enabled' && state !== 'running',
  );
  const names = down.map(({ service, state }) => `${service} (${state})`).join(', ');
  return down.length === 0 ? 'all that should run do' : `not running: ${names}`;
}
