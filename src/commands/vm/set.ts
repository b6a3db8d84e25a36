import { args } from '@pmx-cli/kit';

import { GuestSetCommand } from '../../lib/commands/guest/set-command.js';
import { vmSetFlags } from '../../lib/commands/guest/set-flags.js';
import { vm } from '../../lib/operations/guest/kind.js';
import type { Wanted } from '../../lib/operations/guest/set.js';

export default class VmSet extends GuestSetCommand {
  static override summary = 'Change settings of VMs.';
  static override description = `Shows what changes from what to what (also with --dry-run), sends only that, and refuses to overwrite what
somebody else changed meanwhile. What a running VM cannot take at once waits for its next start, and is named.`;
  static override examples = [
    '<%= config.bin %> vm set web-01 --memory 4G --cores 2',
    '<%= config.bin %> vm set -l tag=web --onboot --dry-run',
    '<%= config.bin %> vm set web-01 --set hotplug=disk,network,usb --delete balloon',
    'printf %s "$PASSWORD" | <%= config.bin %> vm set web-01 --ciuser admin --cipassword-stdin',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = vmSetFlags;

  protected readonly kind = vm;

  protected override async moreOptions(): Promise<Record<string, Wanted>> {
    const { agent, boot, ip, 'ssh-key': keyFiles = [] } = this.flagsOf(VmSet);
    const { agentOption, bootOption } = await import('../../lib/operations/guest/set.js');
    const { readPublicKeys } = await import('../../lib/operations/vm/cloud-init.js');
    const keys = await readPublicKeys(keyFiles);
    return {
      ...(agent !== undefined && { agent: agentOption(agent) }),
      ...(boot !== undefined && { boot: bootOption(boot) }),
      ...(ip !== undefined && { ipconfig0: ip }),
      ...(keys !== undefined && { sshkeys: encodeURIComponent(keys) }),
    };
  }

  protected override async secrets(): Promise<Record<string, string>> {
    const given = this.flagsOf(VmSet);
    if (!given.cipassword && !given['cipassword-stdin']) return {};
    const { readSecret } = await import('../../lib/auth/read-secret.js');
    const cipassword = await readSecret({
      what: "Password of cloud-init's user",
      stdin: given['cipassword-stdin'],
      variable: 'PMX_CIPASSWORD',
      prompt: this.session.prompt,
      hint: 'Set PMX_CIPASSWORD, or pipe it: printf %s "$PASSWORD" | pmx vm set … --cipassword-stdin',
    });
    return { cipassword };
  }
}
