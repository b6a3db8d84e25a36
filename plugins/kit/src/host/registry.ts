import { RequestError } from '../errors/index.js';
import { kitVersion } from '../version.js';
import { hostApiVersion, type PmxHost } from './host.js';

// A plugin installed on its own brings its own copy of kit, so a module variable would not be
// shared. The global symbol registry is: the same pattern as @opentelemetry/api.
const key = Symbol.for(`pmx.host.${hostApiVersion}`);
/** Whatever version it is, so that a kit that does not fit can say what is missing. */
const anyKey = Symbol.for('pmx.host');

interface AnyHost {
  apiVersion: number;
  version: string;
}

const registry = globalThis as { [key: symbol]: PmxHost | undefined };

/** @returns the host before it, so that a test can put it back */
export function registerHost(host: PmxHost | undefined): PmxHost | undefined {
  const before = registry[key];
  registry[key] = host;
  registry[anyKey] = host;
  return before;
}

/** @throws RequestError `PMX_NO_HOST`, `PMX_PLUGIN_INCOMPATIBLE` when the running pmx does not serve this kit's API */
export function findHost(): PmxHost {
  const host = registry[key];
  if (host) return host;
  const other = (globalThis as { [key: symbol]: unknown })[anyKey] as AnyHost | undefined;
  throw other ? incompatible(other) : outside();
}

function outside(): RequestError {
  return new RequestError({
    code: 'PMX_NO_HOST',
    message: 'This command of pmx runs outside of pmx.',
    hints: [
      'Make the plugin known: pmx plugins link FOLDER',
      'In tests, use runCommand of @pmx-cli/kit/testing.',
    ],
  });
}

function incompatible({ apiVersion, version }: AnyHost): RequestError {
  const older = apiVersion < hostApiVersion;
  return new RequestError({
    code: 'PMX_PLUGIN_INCOMPATIBLE',
    message: older
      ? `This plugin needs pmx >= ${kitVersion}: version ${hostApiVersion} of the plugin API. This is pmx ${version}, which has version ${apiVersion}.`
      : `This plugin needs an older pmx: it was made for version ${hostApiVersion} of the plugin API (pmx ${kitVersion}). This is pmx ${version}, which has version ${apiVersion}.`,
    hints: older
      ? ['Update pmx: npm install -g pmx-cli@latest', 'Or install an older version of the plugin.']
      : ['Update the plugin: pmx plugins update'],
  });
}
