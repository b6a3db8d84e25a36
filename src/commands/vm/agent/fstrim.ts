import { args, type Guest, type Plan } from '@pmx-cli/kit';

import { AgentChangeCommand } from '../../../lib/commands/agent-change-command.js';
import { bytes } from '../../../lib/output/format.js';
import type { TrimResult } from '../../../lib/operations/reach/agent-actions.js';

export default class VmAgentFstrim extends AgentChangeCommand<TrimResult> {
  static override summary = 'Give unused blocks of VMs back to their storage.';
  static override description = `It frees something only where the disk has discard=on and the storage is thin.`;
  static override examples = ['<%= config.bin %> vm agent fstrim web-01'];
  static override strict = false;
  static override args = { vm: args.targets('VM') };

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planTrim } = await import('../../../lib/operations/reach/agent-actions.js');
    return guests.map(planTrim);
  }

  protected override view({ vmid, name, paths }: TrimResult): void {
    this.output.print(
      `VM ${vmid} (${name}): ${paths.length} file system${paths.length === 1 ? '' : 's'} trimmed.`,
    );
    for (const { path, trimmed, error } of paths)
      this.output.print(`  ${path}: ${error ?? bytes(trimmed) ?? 'done'}`);
  }
}
