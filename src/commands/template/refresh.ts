import { Flags } from '@oclif/core';
import { args } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { buildFlags, TemplateBuildCommand } from '../../lib/commands/template/build-command.js';
import type { Builds } from '../../lib/operations/template/build/plan.js';

export default class TemplateRefresh extends TemplateBuildCommand {
  static override summary = 'Make new versions of templates whose publisher has a newer image.';
  static override description = `For templates of distributions that have a version. The new one is made up like the one it follows (memory, cores,
devices, tags, pool, storage, recipe), and the bare name means it from then on; the older one stays, unless
--prune-keep says otherwise. While the publisher has no other image, nothing is written. template outdated shows
beforehand which ones that are.`;
  static override examples = [
    '<%= config.bin %> template refresh debian-13',
    '<%= config.bin %> template refresh --all --prune-keep 3 --yes --junit report.xml',
    '<%= config.bin %> template refresh --all --dry-run',
  ];
  static override strict = false;
  static override args = { template: args.targets('template') };
  static override flags = {
    all: Flags.boolean({
      description: 'Every template of a distribution; others are left out and named.',
    }),
    ...buildFlags,
  };

  protected override async builds(): Promise<Builds> {
    const { all, 'prune-keep': keep } = this.flagsOf(TemplateRefresh);
    if (all === this.positionals.length > 0) {
      throw new RequestError({
        code: 'PMX_INVALID_TARGET',
        message: all
          ? 'Templates are named, and --all says all of them.'
          : 'Nothing says which templates are to be refreshed.',
        hints: ['Name them, or say --all.', 'pmx template outdated shows what there is newer.'],
      });
    }
    const [{ planRefresh }, { newestOfEach }] = await Promise.all([
      import('../../lib/operations/template/build/refresh.js'),
      import('../../lib/operations/template/outdated.js'),
    ]);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const named = await inventory.resolveGuests(all ? ['*'] : this.positionals, {
      type: 'qemu',
      template: true,
      noun: 'template',
      allowEmpty: all,
    });
    const { skipped, ...builds } = await planRefresh(pve, inventory, {
      ...(await this.surroundings()),
      templates: newestOfEach(named),
      lenient: all,
      ...(keep !== undefined && { keep }),
    });
    for (const text of skipped) this.output.note(text);
    if (builds.plans.length + builds.failures.length === 0)
      this.output.note('No template is to be refreshed.');
    return builds;
  }
}
