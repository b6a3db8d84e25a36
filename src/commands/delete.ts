import type { Plan } from '@pmx-cli/kit';

import { stopFlag } from '../lib/commands/guest/delete-command.js';
import { manifestFlags } from '../lib/commands/manifest/flags.js';
import { StagedCommand } from '../lib/commands/manifest/staged-command.js';
import type { Manifest } from '../lib/operations/declare/document.js';

export default class Delete extends StagedCommand {
  static override summary = 'Delete the guests and pools that documents describe.';
  static override description = `Takes the documents of pmx apply: guests go first, then templates, then pools. Shows beforehand what goes and what
stays, and asks, unless --yes is given. What is gone already is no mistake.`;
  static override examples = [
    '<%= config.bin %> delete -f web.yaml',
    '<%= config.bin %> delete -f lab/ --stop --yes',
    '<%= config.bin %> delete -f web.yaml --dry-run',
  ];
  static override flags = { ...manifestFlags, stop: stopFlag };

  protected override async stages(manifests: readonly Manifest[]): Promise<Manifest[][]> {
    const { stagesOf } = await import('../lib/operations/declare/apply.js');
    return stagesOf(manifests).toReversed();
  }

  protected override async planStage(manifests: readonly Manifest[]): Promise<Plan[]> {
    const { planManifestDeletes } = await import('../lib/operations/declare/remove.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const { stop } = this.flagsOf(Delete);
    return planManifestDeletes(pve, inventory, manifests, { stop });
  }
}
