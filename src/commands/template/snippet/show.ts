import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { Snippet } from '../../../lib/operations/template/bake/snippets.js';

export default class TemplateSnippetShow extends ShowCommand<Snippet> {
  static override summary = 'Show what a snippet does: its packages and its script.';
  static override examples = [
    '<%= config.bin %> template snippet show hardening',
    '<%= config.bin %> template snippet show docker -o yaml',
  ];
  static override args = {
    snippet: Args.string({
      description: 'Id, or a file of your own.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async show(): Promise<Snippet> {
    const { snippet } = await import('../../../lib/operations/template/bake/snippets.js');
    return snippet(this.argsOf(TemplateSnippetShow).snippet);
  }

  protected override view({ id, title, description, packages, script, check }: Snippet): void {
    this.output.fields([
      ['Id', id],
      ['Title', title],
      ...Object.entries(packages ?? {}).map(
        ([manager, names]) =>
          [`Packages (${manager})`, names.length === 0 ? 'none' : names.join(' ')] as const,
      ),
      ['Check', check],
    ]);
    this.output.print(`\n${description.trim()}`);
    if (script !== undefined) this.output.print(`\n${script.trimEnd()}`);
  }
}
