import { args, type Guest, type Plan } from '@pmx-cli/kit';

import { AgentChangeCommand } from '../../../lib/commands/agent-change-command.js';
import type { FreezeResult } from '../../../lib/operations/reach/agent-actions.js';

export default class VmAgentFreeze extends AgentChangeCommand<FreezeResult> {
  static override summary = 'Freeze the file systems of VMs, for a snapshot by other means.';
  static override description = `Whoever writes in the guest waits until "pmx vm agent thaw". Backups of Proxmox VE do this by themselves.`;
  static override examples = ['<%= config.bin %> vm agent freeze web-01'];
  static override strict = false;
  static override args = { vm: args.targets('VM') };

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planFreeze } = await import('../../../lib/operations/reach/agent-actions.js');
    return guests.map(planFreeze);
  }

  protected override view({ vmid, name, fileSystems }: FreezeResult): void {
    this.output.print(
      `VM ${vmid} (${name}): ${fileSystems} file system${fileSystems === 1 ? '' : 's'} frozen.`,
    );
  }
}
