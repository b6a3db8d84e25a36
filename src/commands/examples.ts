import { Args } from '@oclif/core';
import { type Plan, ShowCommand } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

interface CommandExamples {
  /** `vm snapshot create` */
  command: string;
  summary: string;
  examples: string[];
}

export default class Examples extends ShowCommand<CommandExamples[]> {
  static override summary = 'Show examples of a command, or of all commands of a noun.';
  static override examples = [
    '<%= config.bin %> examples vm create',
    '<%= config.bin %> examples template',
    '<%= config.bin %> examples | grep cloud',
  ];
  static override args = {
    word: Args.string({
      description: 'Words of a command, or the first of them; all commands when left out.',
      ignoreStdin: true,
    }),
  };
  static override strict = false;

  protected override async planOnly(): Promise<Plan[]> {
    return [];
  }

  protected override async show(): Promise<CommandExamples[]> {
    const { bin, commands } = this.config;
    const path = this.positionals.join(':');
    const render = (text: string): string => text.replaceAll('<%= config.bin %>', bin);
    const found = commands
      .filter(({ id, hidden, aliases }) => !hidden && !aliases.includes(id))
      .filter(({ id }) => path === '' || id === path || id.startsWith(`${path}:`))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, summary = '', examples = [] }) => ({
        command: id.replaceAll(':', ' '),
        summary: render(summary),
        examples: examples.map((each) => render(typeof each === 'string' ? each : each.command)),
      }))
      .filter(({ examples }) => examples.length > 0);
    if (found.length === 0) throw unknown(this.positionals.join(' '));
    return found;
  }

  protected override view(found: CommandExamples[]): void {
    this.output.print(
      found.map(({ summary, examples }) => [`# ${summary}`, ...examples].join('\n')).join('\n\n'),
    );
  }
}

function unknown(words: string): RequestError {
  return new RequestError({
    code: 'PMX_COMMAND_UNKNOWN',
    message: `pmx has no command '${words}'.`,
    hints: ['See what there is: pmx help'],
  });
}
