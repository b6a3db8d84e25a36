import { Args, Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { SchemaView } from '../../lib/operations/cloudinit/schema.js';

export default class CloudinitSchema extends ShowCommand<SchemaView> {
  static override summary = 'Explain the keys of cloud-config, as cloud-init itself defines them.';
  static override description = `From the JSON schemas of cloud-init 26.2, which came with pmx. --json has the schema of the part that was asked for, for editors
and other programs.`;
  static override examples = [
    '<%= config.bin %> cloudinit schema',
    '<%= config.bin %> cloudinit schema users',
    '<%= config.bin %> cloudinit schema ntp.servers',
    '<%= config.bin %> cloudinit schema --kind network-config-v2 --json',
  ];
  static override args = {
    key: Args.string({ description: 'Key, or a path of keys: users.sudo.', ignoreStdin: true }),
  };
  static override flags = {
    kind: Flags.option({
      description: 'Which schema.',
      options: ['cloud-config-v1', 'network-config-v1', 'network-config-v2'] as const,
      default: 'cloud-config-v1',
    })(),
  };

  protected override async show(): Promise<SchemaView> {
    const { schemaAt } = await import('../../lib/operations/cloudinit/schema.js');
    return schemaAt(this.flagsOf(CloudinitSchema).kind, this.argsOf(CloudinitSchema).key);
  }

  protected override view(view: SchemaView): void {
    if (view.path !== null) {
      this.output.fields([
        ['Key', view.path],
        ['Type', view.type],
        ['Release', `cloud-init ${view.release}`],
      ]);
      if (view.description !== null) this.output.print(`\n${view.description}`);
      if (view.keys.length > 0) this.output.print('');
    }
    if (view.keys.length === 0) return;
    const width = Math.max(...view.keys.map(({ name }) => name.length));
    for (const { name, type, required, deprecated } of view.keys) {
      const note = deprecated ? '  (out of date)' : required ? '  (required)' : '';
      this.output.print(`${name.padEnd(width)}  ${type}${note}`.trimEnd());
    }
  }
}
