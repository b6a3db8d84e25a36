import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../lib/commands/config-layer.js';

export default class ConfigMigrate extends ChangeCommand<{ file: string; changed: boolean }> {
  static override summary = 'Bring a configuration file to the format of this pmx.';
  static override examples = ['<%= config.bin %> config migrate --dry-run'];
  static override flags = { in: layerFlag() };

  protected override async plan(): Promise<Plan> {
    const { planMigrate } = await import('../../lib/operations/config/replace.js');
    return planMigrate({ paths: this.session.paths, layer: this.flagsOf(ConfigMigrate).in });
  }

  protected override view({ file, changed }: { file: string; changed: boolean }): void {
    this.output.print(changed ? `${file} is migrated.` : `${file} needs no migration.`);
  }
}
