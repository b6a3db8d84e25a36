import { Help } from '@oclif/core/help';

import { topics } from './topics.js';

/** oclif's help, plus topics that are no commands. */
export default class PmxHelp extends Help {
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
    await super.showRootHelp();
    const width = Math.max(...topics.map(({ name }) => name.length));
    this.log('MORE HELP');
    for (const { name, summary } of topics)
      this.log(`  pmx help ${name.padEnd(width)}  ${summary}`);
  }
}
