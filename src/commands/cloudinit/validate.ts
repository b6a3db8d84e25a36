import { Args, Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { valueFlags } from '../../lib/commands/cloud-init-flags.js';
import type { ValidationReport } from '../../lib/operations/cloudinit/validate.js';

export default class CloudinitValidate extends ShowCommand<ValidationReport[]> {
  static override summary = 'Check files for cloud-init, with line and column of each fault.';
  static override description = `Looks at the first line, at YAML as cloud-init reads it (duplicate keys and tabs are faults), and holds cloud-config and
network-config against the JSON schemas of cloud-init 26.2, which came with pmx. Nothing is asked of a server, and no value
of a file is shown. What is out of date, and passwords that can be read, are warnings.

MIME messages and #cloud-config-archive are taken apart, and each part is checked with the lines of the file; what is encoded
has the line where its part begins. Of ## template: jinja it is checked that blocks are whole, and each branch is held against
the schema without its values, which only the guest knows.

Exit code 1 when there is an error; with --strict also for a warning.`;
  static override examples = [
    '<%= config.bin %> cloudinit validate web.yaml',
    '<%= config.bin %> cloudinit validate *.yaml --strict --json',
    '<%= config.bin %> cloudinit validate net.yaml --kind network-config',
    '<%= config.bin %> cloudinit validate web.tpl.yaml --set port=8080 --values secrets.yaml',
  ];
  static override strict = false;
  static override args = {
    file: Args.string({
      description: 'Files; - is standard input.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    kind: Flags.option({
      description: 'Which file of a seed they are.',
      options: ['user-data', 'vendor-data', 'meta-data', 'network-config'] as const,
      default: 'user-data',
    })(),
    ...valueFlags,
    strict: Flags.boolean({ description: 'Warnings count as errors.' }),
  };

  protected override async show(): Promise<ValidationReport[]> {
    const { givenValues } = await import('../../lib/operations/cloudinit/files.js');
    const { validateFiles } = await import('../../lib/operations/cloudinit/validate.js');
    const { kind, set, values, strict } = this.flagsOf(CloudinitValidate);
    const reports = await validateFiles(this.positionals, await givenValues(set, values), kind);
    if (reports.some(({ valid, faults }) => !valid || (strict && faults.length > 0)))
      process.exitCode = 1;
    return reports;
  }

  protected override async view(reports: ValidationReport[]): Promise<void> {
    const { faultLine } = await import('../../lib/operations/cloudinit/validate.js');
    for (const { file, kind, schema, faults, parts } of reports) {
      for (const fault of faults) {
        this.output.print(faultLine(file, fault));
        if (fault.remedy !== null)
          this.output.print(`  → ${fault.remedy.split('\n').join('\n    ')}`);
      }
      if (faults.length > 0) continue;
      const held = schema === null ? 'there is no schema for it' : `cloud-init ${schema}`;
      const inside =
        kind === 'jinja'
          ? '; not rendered, so values are not checked'
          : parts
            ? `; ${parts.length} parts: ${parts.map((part) => part.kind ?? part.type).join(', ')}`
            : '';
      this.output.print(`${file}: ok (${kind}, ${held}${inside})`);
    }
  }
}
