import { PmxCommand, type Plan } from '@pmx-cli/kit';

interface MenuResult {
  /** Command lines that were run, in their order. */
  ran: string[];
}

export default class Menu extends PmxCommand<MenuResult> {
  static override summary = 'Find a command in lists, and run it.';
  static override description = `From a job to a noun to a verb: arrow keys or the beginning of a word, Enter, Ctrl-C leaves. The command that is found asks for what it
needs, and its line is shown before it runs, to be typed next time.

With "<%= config.bin %> config set menu true" it is also what "<%= config.bin %>" alone does at a terminal.`;
  static override examples = ['<%= config.bin %> menu', '<%= config.bin %> menu --context lab'];

  /** Each command in it plans by itself. */
  protected override async planOnly(): Promise<Plan[]> {
    return [];
  }

  override async run(): Promise<MenuResult> {
    const { openMenu } = await import('../lib/menu/index.js');
    const context = this.parsedFlags['context'] as string | undefined;
    return { ran: await openMenu(this.config, this.session, process.argv[1]!, context) };
  }
}
