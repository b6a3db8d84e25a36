import { ChangeCommand, flags, type Plan } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import type { TemplateDownloadResult } from '../../../lib/operations/ct/download-template.js';

export default class CtTemplateDownload extends ChangeCommand<TemplateDownloadResult> {
  static override summary = 'Download a container template to a storage.';
  static override description = `The node fetches it and checks its checksum. The beginning of a name is enough (debian-12): of several
versions the newest is taken. What is there already is left alone.`;
  static override examples = [
    '<%= config.bin %> ct template download debian-12',
    '<%= config.bin %> ct template download alpine-3.22-default --storage local --node pve1',
  ];
  static override args = {
    template: Args.string({
      description: 'Name of the template, or its beginning.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    node: flags.node('Node that fetches it; the one with most free memory when left out.'),
    storage: flags.storage('Storage with content "vztmpl".'),
  };

  protected override async plan(): Promise<Plan> {
    const { template } = this.argsOf(CtTemplateDownload);
    const { node, storage } = this.flagsOf(CtTemplateDownload);
    const { planTemplateDownload } =
      await import('../../../lib/operations/ct/download-template.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    return planTemplateDownload(pve, inventory, { template, node: node ?? defaults.node, storage });
  }

  protected override view({ volid, changed }: TemplateDownloadResult): void {
    this.output.print(`${volid} is there${changed ? '' : ' already'}.`);
  }
}
