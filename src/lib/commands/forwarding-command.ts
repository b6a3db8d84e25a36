import { PmxCommand, type Plan, type Session } from '@pmx-cli/kit';

import { type Forward, forwardOf } from './kinds.js';

/** A command that only finds out which other one is meant; that one parses, runs and answers. */
export abstract class ForwardingCommand extends PmxCommand<unknown> {
  protected abstract readonly verb: 'get' | 'describe';

  #forward(): Forward {
    return forwardOf(this.argv, this.config, this.verb);
  }

  override async run(): Promise<unknown> {
    const { id, argv } = this.#forward();
    return this.config.runCommand(id, argv);
  }

  /** Flags belong to the other command, so nothing is parsed and no session is opened for this one. */
  protected override async _run<T>(): Promise<T> {
    try {
      return (await this.run()) as T;
    } catch (error) {
      await this.catch(error as Error);
      return undefined as T;
    } finally {
      await this.session.close();
    }
  }

  override async rehearse(session: Session): Promise<Plan[]> {
    const { id, argv } = this.#forward();
    const Loaded = (await this.config.findCommand(id, { must: true }).load()) as unknown as new (
      ...given: [string[], typeof this.config]
    ) => PmxCommand<unknown>;
    return new Loaded(argv, this.config).rehearse(session);
  }
}
