import { Flags } from '@oclif/core';

import {
  cloneArgs,
  cloneFlags,
  GuestCloneCommand,
  type ProfileForClone,
} from '../../lib/commands/guest/clone-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmClone extends GuestCloneCommand {
  static override summary = 'Clone a VM or template.';
  static override description = `When a step fails, the clone is taken back. For a new VM with its own disks, addresses and users see
pmx vm create.`;
  static override examples = [
    '<%= config.bin %> vm clone web-01 web-02',
    '<%= config.bin %> vm clone debian-12 db-01 --linked --profile db',
    '<%= config.bin %> vm clone web-01 web-03 --storage shared --target-node pve2 --dry-run',
  ];
  static override args = cloneArgs('VM');
  static override flags = {
    ...cloneFlags,
    format: Flags.option({
      description: 'Format of the disks of a full clone, on storages with files.',
      options: ['raw', 'qcow2', 'vmdk'] as const,
      helpGroup: 'PLACEMENT',
    })(),
    profile: Flags.string({
      description: 'Profile of the configuration with settings for the clone (vm profile list).',
      helpValue: 'NAME',
    }),
  };

  protected readonly kind = vm;

  protected override async fromProfile(): Promise<ProfileForClone> {
    const { profile } = this.flagsOf(VmClone);
    if (profile === undefined) return super.fromProfile();
    const { profileForClone } = await import('../../lib/operations/guest/clone-profile.js');
    const { profileNamed } = await import('../../lib/operations/profile/read.js');
    return profileForClone(await profileNamed(this.session.paths, profile));
  }
}
