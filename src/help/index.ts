import { Help } from '@oclif/core/help';

import { topics } from './topics.js';

/** oclif's help, plus topics that are no commands. */
export default class PmxHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((word) => !word.startsWith('-') && word !== 'help');
    const topic = words.length === 1 ? topics.find(({ name }) => name === words[0]) : undefined;
    if (topic) return this.log(topic.text());
    return super.showHelp(argv);
  }

  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    const width = Math.max(...topics.map(({ name }) => name.length));
    this.log('MORE HELP');
    for (const { name, summary } of topics)
      this.log(`  pmx help ${name.padEnd(width)}  ${summary}`);
  }
}
