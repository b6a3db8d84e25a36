import { Flags } from '@oclif/core';

import { buildFlags, TemplateBuildCommand } from '../../lib/commands/template/build-command.js';
import type { Builds } from '../../lib/operations/template/build/plan.js';

export default class TemplateBuild extends TemplateBuildCommand {
  static override summary = 'Make the templates that a file lists, each as a new version.';
  static override aliases = ['template:import'];
  static override description = `For cron and CI: what is there already is not built again. The checksum that a publisher names and the settings of
the file make a digest, which every version keeps in its notes; while it is the same, nothing is written. A new
image or another setting makes a new version, which the bare name means from then on (promote: false leaves that to
template promote). Fields: docs/manifests.md and schemas/templates.schema.json.

What was interrupted (kill -9, power cut) is gone on with by the next run. A publisher that cannot be reached stops
only what comes from it, and the exit code is 3; what is wrong with the file stops everything beforehand, with line
and column.`;
  static override examples = [
    '<%= config.bin %> template build -f templates.yaml',
    '<%= config.bin %> template build -f templates.yaml --dry-run',
    '<%= config.bin %> template build -f templates.yaml --parallel 2 --prune-keep 3 --yes --junit report.xml --report report.json',
  ];
  static override flags = {
    file: Flags.string({
      char: 'f',
      description: 'YAML file with templates, folder with such files, or - for standard input.',
      helpValue: 'FILE',
      required: true,
    }),
    var: Flags.string({
      description: 'Value for ${NAME} in the file. May be given several times.',
      helpValue: 'NAME=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...buildFlags,
  };

  protected override async builds(): Promise<Builds> {
    const [{ planBuilds }, { readBuildFile }, { parseVariables }] = await Promise.all([
      import('../../lib/operations/template/build/plan.js'),
      import('../../lib/operations/template/build/read.js'),
      import('../../lib/operations/declare/read.js'),
    ]);
    const { file, var: words = [], 'prune-keep': keep } = this.flagsOf(TemplateBuild);
    const entries = await readBuildFile(file, parseVariables(words));
    return planBuilds(await this.pve(), await this.inventory(), {
      ...(await this.surroundings()),
      entries,
      ...(keep !== undefined && { keep }),
    });
  }
}
