import type { Command, Interfaces } from '@oclif/core';
import { Help } from '@oclif/core/help';

import { PlainCommandHelp, withoutTemplates } from './templates.js';
import { jobGroups, verbGroups } from './jobs.js';
import { type Row, rowsBelow } from './rows.js';
import { topics } from './topics.js';

/** oclif's help, with commands in groups, and topics that are no commands. */
export default class PmxHelp extends Help {
  protected override CommandHelpClass = PlainCommandHelp;
  /** The command whose help is shown. */
  #shown: string | undefined;

  constructor(config: Interfaces.Config, options?: Partial<Interfaces.HelpOptions>) {
    super(config, options);
    this.render = withoutTemplates(this.render, config);
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    this.#shown = command.id;
    await super.showCommandHelp(command);
    this.#shown = undefined;
  }

  /** Nothing is below most commands; to sort all topics for that takes longer than the help itself. */
  protected override get sortedTopics(): Interfaces.Topic[] {
    return this.#isLeaf() ? [] : super.sortedTopics;
  }

  protected override get sortedCommands(): Command.Loadable[] {
    return this.#isLeaf() ? [] : super.sortedCommands;
  }

  #isLeaf(): boolean {
    const start = `${this.#shown}:`;
    return (
      this.#shown !== undefined && !this.config.topics.some(({ name }) => name.startsWith(start))
    );
  }

  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((word) => !word.startsWith('-') && word !== 'help');
    const topic = words.length === 1 ? topics.find(({ name }) => name === words[0]) : undefined;
    if (topic) return this.log(topic.text());
    try {
      await super.showHelp(argv);
    } catch (error) {
      const subject = /^Command (\S+) not found\.$/.exec((error as Error).message)?.[1];
      if (subject === undefined) throw error;
      const { commandNotFound } = await import('./not-found.js');
      throw commandNotFound(subject, this.config);
    }
  }

  protected override async showRootHelp(): Promise<void> {
    this.log(this.formatRoot());
    this.log('');
    this.#logGroups(jobGroups(this.#below('')));
    this.log('MORE HELP');
    const width = Math.max(...topics.map(({ name }) => name.length));
    for (const { name, summary } of topics)
      this.log(`  pmx help ${name.padEnd(width)}  ${summary}`);
    this.log(`  pmx help ${'NOUN'.padEnd(width)}  What can be done with it.`);
    this.log(`  pmx examples ${'NOUN'.padEnd(width - 4)}  Lines to copy.`);
  }

  protected override async showTopicHelp(topic: Interfaces.Topic): Promise<void> {
    this.log(this.formatTopic(topic));
    this.#logGroups(verbGroups(this.#below(topic.name)));
  }

  #below(path: string): Row[] {
    return rowsBelow(path, this.sortedCommands, this.config, (command) => this.summary(command));
  }

  #logGroups(groups: ReturnType<typeof jobGroups<Row>>): void {
    const width = Math.max(...groups.flatMap(([, rows]) => rows.map(({ name }) => name.length)));
    for (const [title, rows] of groups) {
      const list = rows.map(({ name, summary }): [string, string] => [name.padEnd(width), summary]);
      this.log(
        this.section(
          title.toUpperCase(),
          this.renderList(list, { indentation: 2, spacer: '\n', stripAnsi: this.opts.stripAnsi }),
        ),
      );
      this.log('');
    }
  }
}
