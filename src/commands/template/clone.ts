import { Args } from '@oclif/core';
import { ChangeCommand, flags, parseGuestName, type Plan } from '@pmx-cli/kit';

import type { CloneResult } from '../../lib/operations/guest/clone.js';

export default class TemplateClone extends ChangeCommand<CloneResult> {
  static override summary = 'Copy a template to another template.';
  static override description = `The copy stands by itself: a full clone, converted. It is no version of its source, and its notes keep what is
recorded of it. For a VM see vm create and vm clone.`;
  static override examples = [
    '<%= config.bin %> template clone debian-13 debian-13-web',
    '<%= config.bin %> template clone debian-13@2026.11.20 base --storage local --dry-run',
  ];
  static override args = {
    template: Args.string({
      description: 'Name or id of the template.',
      required: true,
      ignoreStdin: true,
    }),
    name: Args.custom<string>({
      description: 'Name of the copy, a DNS name.',
      ignoreStdin: true,
      parse: async (value) => parseGuestName(value),
    })({ required: true }),
  };
  static override flags = {
    vmid: flags.vmid(),
    'target-node': flags.onNode('Node for the copy; that of the template when left out.'),
    storage: flags.storage('Storage for its disks; that of the template when left out.'),
    pool: flags.pool('Pool to put the copy into.'),
  };

  protected override async plan(): Promise<Plan> {
    const { planTemplateClone } = await import('../../lib/operations/template/clone.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const given = this.flagsOf(TemplateClone);
    const { template, name } = this.argsOf(TemplateClone);
    const [source] = await inventory.resolveGuests([template], {
      type: 'qemu',
      template: true,
      noun: 'template',
    });
    const places = {
      node: given['target-node'],
      storage: given.storage,
      pool: given.pool ?? defaults.pool,
      vmid: given.vmid,
      vmids: defaults.vmids,
    };
    const known = Object.entries(places).filter(([, value]) => value !== undefined);
    return planTemplateClone(pve, inventory, {
      source: source!,
      name,
      ...Object.fromEntries(known),
    });
  }

  protected override view({ vmid, name, node, source }: CloneResult): void {
    this.output.print(
      `Template ${vmid} (${name}) on node ${node} is a copy of ${source.vmid} (${source.name}).`,
    );
  }
}
