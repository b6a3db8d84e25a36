import { Flags } from '@oclif/core';
import type { Plan } from '@pmx-cli/kit';

import { manifestFlags } from '../lib/commands/manifest/flags.js';
import { StagedCommand } from '../lib/commands/manifest/staged-command.js';
import type { Manifest } from '../lib/operations/declare/document.js';
import type { ApplyResult } from '../lib/operations/declare/update.js';

export default class Apply extends StagedCommand {
  static override summary = 'Bring guests and pools to what documents say.';
  static override description = `Reads YAML documents of the kinds VirtualMachine, Container, Template and Pool (docs/manifests.md), looks at the
server, and changes what differs: options with their digest, disks that grow, pool, tags, running or not. What a
document does not speak of stays as it is. There is no state file; a second apply changes nothing.

Pools are made first, then templates, then guests; each is a change of its own that is undone when it fails. What
only a new guest could have (another template, node or firmware, a smaller disk) is refused unless --replace is
given, and then shown and asked about.`;
  static override examples = [
    '<%= config.bin %> apply -f web.yaml',
    '<%= config.bin %> apply -f lab/ --var domain=lab.example.org --dry-run',
    '<%= config.bin %> export vm/web-01 | <%= config.bin %> apply -f -',
    '<%= config.bin %> apply -f web.yaml --replace --yes',
  ];
  static override flags = {
    ...manifestFlags,
    replace: Flags.boolean({
      description: 'Make guests anew where that is the only way; what is on their disks is lost.',
    }),
  };

  protected override async stages(manifests: readonly Manifest[]): Promise<Manifest[][]> {
    const { stagesOf } = await import('../lib/operations/declare/apply.js');
    return stagesOf(manifests);
  }

  protected override async planStage(manifests: readonly Manifest[]): Promise<Plan[]> {
    const { planApply } = await import('../lib/operations/declare/apply.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const { replace } = this.flagsOf(Apply);
    const { signal } = this.session;
    return planApply(pve, inventory, { manifests, replace, defaults, signal });
  }

  /** A clone has the disks of its template only once it is there: their options are told then. */
  protected override async planAgain(
    results: Parameters<StagedCommand['planAgain']>[0],
    manifests: readonly Manifest[],
  ): Promise<Plan[]> {
    const made = manifests.filter(({ kind, metadata, spec }) => {
      const result = results.find(
        (row) => row.result?.kind === kind && row.result.name === metadata.name,
      );
      return (
        spec['template'] !== undefined &&
        kind === 'VirtualMachine' &&
        result?.result?.action === 'created'
      );
    });
    if (made.length === 0) return [];
    return (await this.planStage(made)).filter(
      ({ steps, result }) =>
        steps.length > 0 && (result as unknown as ApplyResult).action === 'changed',
    );
  }
}
