import type {
  ControllerIdentity,
  ControllerPlace,
  ControllerReader,
  Controllers,
  ControllerStepPlace,
  ControllerWords,
} from '@pmx-cli/kit';

import type { Controller } from '../../bmc/index.js';
import type { ControllerPool } from './controllers.js';

/** Loads sockets and TLS only for commands that log in to a controller. */
export class LazyControllers implements Controllers {
  readonly #load: () => Promise<ControllerPool>;
  #pool: Promise<ControllerPool> | undefined;
  #words: ControllerWords = {};

  constructor(load: () => Promise<ControllerPool>) {
    this.#load = load;
  }

  words(given: ControllerWords): void {
    this.#words = given;
  }

  async open(
    place: ControllerPlace,
    suits?: (identity: ControllerIdentity) => void,
  ): Promise<ControllerReader> {
    return (await this.#loaded()).open(place, suits);
  }

  async enter(place: ControllerStepPlace): Promise<Controller> {
    return (await this.#loaded()).enter(place);
  }

  async expect(place: ControllerPlace, fingerprint: string): Promise<void> {
    return (await this.#loaded()).expect(place, fingerprint);
  }

  async close(): Promise<void> {
    await (await this.#pool)?.close();
  }

  #loaded(): Promise<ControllerPool> {
    this.#pool ??= this.#load();
    return this.#pool.then((pool) => {
      pool.words(this.#words);
      return pool;
    });
  }
}
