import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { SettingAnswer } from '../../lib/operations/config/read.js';

export default class ConfigGet extends ShowCommand<SettingAnswer> {
  static override summary = 'Print the value of one setting.';
  static override description = 'Nothing is printed for a setting that nobody has set.';
  static override examples = [
    '<%= config.bin %> config get defaults.node',
    '<%= config.bin %> config get output --json',
  ];
  static override args = {
    key: Args.string({ description: 'Name of the setting.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<SettingAnswer> {
    const { getSetting } = await import('../../lib/operations/config/read.js');
    const { answer, warnings } = await getSetting(
      { paths: this.session.paths, flags: this.parsedFlags },
      this.argsOf(ConfigGet).key,
    );
    for (const warning of warnings) this.output.warn(warning);
    return answer;
  }

  protected override view({ value }: SettingAnswer): void {
    if (value === null) return;
    this.output.print(
      Array.isArray(value)
        ? value.join(',')
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    );
  }
}
