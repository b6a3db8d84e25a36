import type { Plan } from '../plan/index.js';
import { PmxCommand } from './pmx-command.js';

/** `pmx <noun> show`: give the value and how a person reads it. */
export abstract class ShowCommand<Result> extends PmxCommand<Result> {
  protected abstract show(): Promise<Result>;
  protected abstract view(result: Result): void | Promise<void>;

  protected override async planOnly(): Promise<Plan[]> {
    await this.show();
    return [];
  }

  override async run(): Promise<Result> {
    const result = await this.show();
    if (!this.output.machine) await this.view(result);
    return result;
  }
}
