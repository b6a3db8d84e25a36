import { readFile } from 'node:fs/promises';

import type {
  ControllerIdentity,
  ControllerPlace,
  ControllerReader,
  Controllers,
  ControllerStepPlace,
  ControllerWords,
  Paths,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { ControllerLogins } from '../../auth/controller-credentials.js';
import { Controller, defaultTimes } from '../../bmc/index.js';
import { pinKey } from './check.js';
import { readPins } from './pins.js';

export interface PoolOptions {
  paths: Pick<Paths, 'data'>;
  logins: Pick<ControllerLogins, 'find'>;
  /** Ends reads on the first Ctrl-C. */
  signal: AbortSignal;
  debug(line: string): void;
  warn(text: string): void;
}

/** The controllers of one run: each is logged in to once, and all sessions end with the run. */
export class ControllerPool implements Controllers {
  readonly #options: PoolOptions;
  readonly #open = new Map<string, Promise<Controller>>();
  #words: ControllerWords = {};

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  words(given: ControllerWords): void {
    this.#words = given;
  }

  open(
    place: ControllerPlace,
    suits?: (identity: ControllerIdentity) => void,
  ): Promise<ControllerReader> {
    return this.#once(place, async () => {
      const pin = (await readPins(this.#options.paths))[pinKey(place)];
      const { insecure = false, legacyTls = false, caFile } = this.#words;
      if (insecure && pin === undefined)
        this.#options.warn(`The certificate of ${pinKey(place)} is not verified (--insecure).`);
      return this.#enter(place, this.#words, suits, {
        fingerprints: new Set(pin === undefined ? [] : [pin]),
        authority: caFile === undefined ? undefined : await authorityOf(caFile),
        insecure,
        legacyTls,
      });
    });
  }

  /** For steps: what was planned with this certificate is done with it, also in a later process. */
  enter(place: ControllerStepPlace): Promise<Controller> {
    return this.#once(place, () =>
      this.#enter(place, { ...this.#words, user: place.user }, undefined, {
        fingerprints: new Set([place.fingerprint]),
        insecure: false,
        legacyTls: place.legacyTls === true,
      }),
    );
  }

  /** The certificate that this controller was just given is its own. */
  async expect(place: ControllerPlace, fingerprint: string): Promise<void> {
    const open = this.#open.get(pinKey(place));
    (await open)?.expect(fingerprint);
  }

  /** @returns when all sessions are closed, or cannot be */
  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(
      all.map((open) =>
        open.then(
          (controller) => controller.close(),
          () => undefined,
        ),
      ),
    );
  }

  #once(place: ControllerPlace, enter: () => Promise<Controller>): Promise<Controller> {
    const key = pinKey(place);
    const known = this.#open.get(key);
    if (known) return known;
    // A refused one stays in the map: it is not tried again.
    const opening = enter();
    this.#open.set(key, opening);
    void opening.catch(() => undefined);
    return opening;
  }

  #enter(
    place: ControllerPlace,
    words: ControllerWords,
    suits: ((identity: ControllerIdentity) => void) | undefined,
    trust: {
      fingerprints: Set<string>;
      authority?: string | undefined;
      insecure: boolean;
      legacyTls: boolean;
    },
  ): Promise<Controller> {
    const { signal, debug, logins } = this.#options;
    return Controller.open(place, {
      trust,
      times: defaultTimes,
      signal,
      suits,
      credentials: () => logins.find(place.host, words),
      debug,
    });
  }
}

async function authorityOf(path: string): Promise<string> {
  const pem = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new RequestError({
      code: 'PMX_FILE_NOT_FOUND',
      message: `The CA certificate ${path} cannot be read: ${(error as Error).message}.`,
      hints: ['Check the path given to --ca-cert.'],
      cause: error,
    });
  });
  if (/-----BEGIN CERTIFICATE-----/.test(pem)) return pem;
  throw new RequestError({
    code: 'PMX_BMC_CERT_UNFIT',
    message: `${path} holds no certificate in PEM.`,
    hints: ['It has to hold -----BEGIN CERTIFICATE-----.'],
  });
}
