import { args } from '@pmx-cli/kit';

import {
  deleteFlags,
  GuestDeleteCommand,
  keepIsoFlag,
} from '../../lib/commands/guest/delete-command.js';

export default class TemplateDelete extends GuestDeleteCommand {
  static override summary = 'Delete templates that no linked clone is built on.';
  static override description = `Templates of VMs and of containers. Linked clones are named, and the template stays then. Shows beforehand what
goes and what stays. Where several versions share a name, the version has to be given. Asks, unless --yes is given.`;
  static override examples = [
    '<%= config.bin %> template delete debian-12',
    '<%= config.bin %> template delete debian-13@2026.11.13',
    '<%= config.bin %> template delete 9000 --dry-run',
  ];
  static override args = { template: args.targets('template') };
  static override flags = { 'keep-iso': keepIsoFlag, ...deleteFlags };

  protected readonly targets = { template: true, exactVersion: true, noun: 'template' } as const;
}
