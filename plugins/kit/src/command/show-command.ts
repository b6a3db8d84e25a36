import type { Interfaces } from '@oclif/core';

import { globalFlags } from '../flags/global.js';
import type { Plan } from '../plan/index.js';
import { PmxCommand } from './pmx-command.js';

/** `pmx <noun> show`: give the value and how a person reads it. */
export abstract class ShowCommand<Result> extends PmxCommand<Result> {
  // For a manifest oclif looks up the chain of classes only until one has nothing of its own.
  static override baseFlags: Interfaces.FlagInput = globalFlags;

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
