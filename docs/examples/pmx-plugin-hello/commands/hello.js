// @ts-check
import { Args, Flags, ShowCommand } from '@pmx-cli/kit';

/** @typedef {{ greeting: string }} Greeting */

/** @extends {ShowCommand<Greeting>} */
export default class Hello extends ShowCommand {
  static summary = 'Greet somebody.';
  static examples = ['<%= config.bin %> hello', '<%= config.bin %> hello Ann --loud'];
  static args = { name: Args.string({ description: 'Whom to greet.', ignoreStdin: true }) };
  static flags = { loud: Flags.boolean({ description: 'In capital letters.' }) };

  async show() {
    const greeting = await this.pluginSetting('greeting', 'hello');
    const text = `${greeting ?? 'Hello'}, ${this.argsOf(Hello).name ?? 'world'}!`;
    return { greeting: this.flagsOf(Hello).loud ? text.toUpperCase() : text };
  }

  /** @param {Greeting} result */
  view({ greeting }) {
    this.output.print(greeting);
  }
}
