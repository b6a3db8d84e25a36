import { PmxCommand } from './pmx-command.js';

/** `pmx <noun> show`: give the value and how a person reads it. */
export abstract class ShowCommand<Result> extends PmxCommand<Result> {
  protected abstract show(): Promise<Result>;
  protected abstract view(result: Result): void;

  override async run(): Promise<Result> {
    const result = await this.show();
    if (!this.output.machine) this.view(result);
    return result;
  }
}
