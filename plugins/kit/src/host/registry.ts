import { SurroundingsError } from '../errors/index.js';
import { hostApiVersion, type PmxHost } from './host.js';

// A plugin installed on its own brings its own copy of kit, so a module variable would not be
// shared. The global symbol registry is: the same pattern as @opentelemetry/api.
const key = Symbol.for(`pmx.host.${hostApiVersion}`);
const registry = globalThis as { [key: symbol]: PmxHost | undefined };

/** @returns the host before it, so that a test can put it back */
export function registerHost(host: PmxHost | undefined): PmxHost | undefined {
  const before = registry[key];
  registry[key] = host;
  return before;
}

/** @throws SurroundingsError `PMX_NO_HOST` when the running pmx does not serve this kit's API. */
export function findHost(): PmxHost {
  const host = registry[key];
  if (!host) {
    throw new SurroundingsError({
      code: 'PMX_NO_HOST',
      message: `This plugin was built for version ${hostApiVersion} of pmx's plugin API, which the running pmx does not offer.`,
      hints: [
        'Update pmx: npm install -g pmx-cli@latest',
        'Or install an older version of the plugin.',
      ],
    });
  }
  return host;
}
