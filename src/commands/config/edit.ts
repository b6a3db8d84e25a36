import { Flags } from '@oclif/core';
import { ChangeCommand, noPlan, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../lib/commands/config-layer.js';

export default class ConfigEdit extends ChangeCommand<{ file: string; changed: boolean }> {
  static override summary = 'Edit a configuration file; only a valid one is taken.';
  static override description = 'Opens a copy in $VISUAL or $EDITOR, and vi without them.';
  static override examples = [
    '<%= config.bin %> config edit',
    '<%= config.bin %> config edit --in project --editor nano',
  ];
  static override flags = {
    in: layerFlag(),
    editor: Flags.string({
      description: 'Editor with its arguments, run without a shell.',
      helpValue: 'COMMAND',
    }),
  };

  /** Planning it opens an editor. */
  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(ConfigEdit);
    const { planEdit } = await import('../../lib/operations/config/editor.js');
    const { paths, prompt } = this.session;
    return planEdit({ paths, layer: given.in }, given.editor, prompt);
  }

  protected override view({ file, changed }: { file: string; changed: boolean }): void {
    this.output.print(changed ? `${file} is written.` : `${file} is as it was.`);
  }
}
