import { args, type Guest, type Plan } from '@pmx-cli/kit';

import { AgentChangeCommand } from '../../../lib/commands/agent-change-command.js';
import type { FreezeResult } from '../../../lib/operations/reach/agent-actions.js';

export default class VmAgentThaw extends AgentChangeCommand<FreezeResult> {
  static override summary = 'Let the file systems of VMs go on after a freeze.';
  static override description = `Thawing what is not frozen does nothing.`;
  static override examples = ['<%= config.bin %> vm agent thaw web-01'];
  static override strict = false;
  static override args = { vm: args.targets('VM') };

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planThaw } = await import('../../../lib/operations/reach/agent-actions.js');
    return guests.map(planThaw);
  }

  protected override view({ vmid, name, fileSystems }: FreezeResult): void {
    this.output.print(
      `VM ${vmid} (${name}): ${fileSystems} file system${fileSystems === 1 ? '' : 's'} thawed.`,
    );
  }
}
