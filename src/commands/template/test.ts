import { args, ChangeCommand, flags, type Plan } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError } from '@pmx-cli/kit/errors';
import { Flags } from '@oclif/core';

import type { TemplateTestResult } from '../../lib/operations/template/test.js';

export default class TemplateTest extends ChangeCommand<TemplateTestResult> {
  static override summary = 'Boot a clone of a template, look into it, and destroy it.';
  static override description = `The clone gets a bigger disk, a user and a key that nobody has the private half of. Once its guest agent answers
and it has an address, pmx looks at the end of cloud-init, host name, user, key, size of the file system and failed
units. The clone is destroyed in every case, also after an error or Ctrl-C; --keep-on-failure leaves it when a step
fails. Exit code 3 when a check did not pass.`;
  static override examples = [
    '<%= config.bin %> template test debian-13',
    '<%= config.bin %> template test debian-13@2026.11.20 --junit report.xml --json',
  ];
  static override args = { template: args.one('template') };
  static override flags = {
    user: Flags.string({
      description: 'Account that cloud-init has to make.',
      default: 'tester',
      helpValue: 'NAME',
    }),
    timeout: flags.timeout('How long each of boot, address and cloud-init may take.', 600),
    junit: Flags.string({ description: 'Write a report for CI servers.', helpValue: 'FILE' }),
  };

  protected override async plan(): Promise<Plan> {
    const { planTemplateTest } = await import('../../lib/operations/template/test.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const [template] = await inventory.resolveGuests(this.positionals.slice(0, 1), {
      type: 'qemu',
      template: true,
      noun: 'template',
    });
    const { user, timeout } = this.flagsOf(TemplateTest);
    return planTemplateTest(pve, inventory, {
      template: template!,
      user,
      timeoutSeconds: timeout,
      ...(defaults.vmids !== undefined && { vmids: defaults.vmids }),
    });
  }

  override async run(): ReturnType<ChangeCommand<TemplateTestResult>['run']> {
    try {
      const result = await super.run();
      if ('dryRun' in result || Array.isArray(result)) return result;
      const failed = result.checks.filter(({ ok }) => !ok);
      await this.#report(result.name, result.checks);
      if (failed.length === 0) return { ...result, ok: true };
      throw new ProxmoxError({
        code: 'PMX_TEMPLATE_TEST_FAILED',
        message: `${failed.length} of ${result.checks.length} checks of template ${result.name} did not pass: ${failed.map(({ name }) => name).join(', ')}.`,
        hints: [
          'The clone is destroyed. What is wrong may be seen in the configuration, too: pmx template validate',
        ],
        data: { results: { ...result, ok: false } },
      });
    } catch (error) {
      if (isPmxError(error) && error.exitCode !== 1 && error.code !== 'PMX_TEMPLATE_TEST_FAILED')
        await this.#report(this.positionals[0]!, [
          { name: 'boot', ok: false, detail: error.message },
        ]);
      throw error;
    }
  }

  async #report(name: string, checks: TemplateTestResult['checks']): Promise<void> {
    const { junit: file } = this.flagsOf(TemplateTest);
    if (file === undefined) return;
    const [{ junit }, { writeFile }] = await Promise.all([
      import('../../lib/operations/template/junit.js'),
      import('node:fs/promises'),
    ]);
    const cases = checks.map(({ name: check, ok, detail }) => ({
      suite: name,
      name: check,
      ...(!ok && { failure: detail === '' ? 'nothing was said' : detail }),
    }));
    await writeFile(file, junit('pmx template test', cases));
  }

  protected override view({ checks }: TemplateTestResult): void {
    const width = Math.max(...checks.map(({ name }) => name.length));
    for (const { name, ok, detail } of checks)
      this.output.print(
        `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${detail.split('\n').join(' ')}`.trimEnd(),
      );
  }
}
