import type {
  PluginSetting,
  SettingKey,
  SettingLayer,
  SettingOrigin,
  Settings,
  SettingValues,
} from '@pmx-cli/kit';

import { isMapping, type Mapping } from './files/canonical.js';
import { type Chain, loadChain, type Source } from './files/chain.js';
import { findProjectFile, systemFile, userFile } from './files/find.js';
import { interpolate } from './files/interpolate.js';
import { ParsedCache } from './files/parsed-cache.js';
import { settings } from './schema/settings.js';
import { type FileLayer, parseValue, type SettingValue, specOfPlugin } from './schema/spec.js';

export interface ConfigurationOptions {
  /** Folder of the user's file. */
  directory: string;
  env?: NodeJS.ProcessEnv;
  /** Where the search for a project file begins; no search without it. */
  cwd?: string | undefined;
  home?: string;
  /** The global flags by their names. */
  flags?: Readonly<Record<string, unknown>>;
  /** Read `/etc/pmx/config.yaml`, or what `PMX_SYSTEM_CONFIG` names. */
  system?: boolean;
  /** Folder of caches; without it every file is parsed. */
  cache?: string;
  warn?: (text: string) => void;
}

const shortFlags: ReadonlyArray<readonly [flag: string, key: SettingKey, value: string]> = [
  ['json', 'output', 'json'],
  ['debug', 'logLevel', 'debug'],
  ['verbose', 'logLevel', 'info'],
];

/** What one layer says about a setting, not yet checked. */
export interface Candidate extends SettingOrigin {
  raw: unknown;
}

/** All layers of the configuration with their precedence. Reads on first use, and then once. */
export class Configuration implements Settings {
  readonly #options: ConfigurationOptions;
  readonly #env: NodeJS.ProcessEnv;
  #sources: Promise<Source[]> | undefined;
  #warnings: string[] = [];

  constructor(options: ConfigurationOptions) {
    this.#options = options;
    this.#env = options.env ?? process.env;
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** The file of a layer, there or not; undefined where no project file is near. */
  path(layer: FileLayer): string | undefined {
    const { cwd, home, directory, system } = this.#options;
    if (layer === 'user') return userFile(directory);
    if (layer === 'system')
      return system ? this.#env['PMX_SYSTEM_CONFIG'] || systemFile : undefined;
    return cwd === undefined ? undefined : findProjectFile(cwd, home);
  }

  /** Files that were found, strongest first. @throws RequestError, SurroundingsError */
  sources(): Promise<Source[]> {
    return (this.#sources ??= this.#load());
  }

  async warnings(): Promise<string[]> {
    await this.sources();
    return this.#warnings;
  }

  /** After a write: what was read is no longer true. */
  forget(): void {
    this.#sources = undefined;
  }

  async get<K extends SettingKey>(key: K): Promise<SettingValues[K]> {
    const [winner] = await this.candidates(key);
    return (winner && this.valueOf(key, winner)) as SettingValues[K];
  }

  async origin(key: SettingKey): Promise<SettingOrigin> {
    const [winner] = await this.candidates(key);
    if (!winner) return { layer: 'default' };
    const { raw: _, ...origin } = winner;
    return origin;
  }

  async ofPlugin(
    plugin: string,
    key: string,
    declared?: PluginSetting,
  ): Promise<string | number | boolean | string[] | undefined> {
    for (const { layer, path, data } of await this.sources()) {
      const section = isMapping(data['plugins']) ? data['plugins'][plugin] : undefined;
      const raw = isMapping(section) ? section[key] : undefined;
      if (raw === undefined || raw === null || layer === 'project') continue;
      const where = `${layer} file ${path}`;
      const spec = specOfPlugin(declared);
      const value = interpolate(raw, this.#env, where, true);
      return parseValue(`plugins.${plugin}.${key}`, spec, value, where) as string;
    }
    return declared?.default;
  }

  /** @throws RequestError `PMX_INVALID_SETTING`, `PMX_UNSET_VARIABLE` */
  valueOf(key: SettingKey, { layer, source, raw }: Candidate): SettingValue {
    const where = source === undefined ? layer : isFile(layer) ? `${layer} file ${source}` : source;
    const value = isFile(layer) ? interpolate(raw, this.#env, where, layer !== 'project') : raw;
    return parseValue(key, settings[key], value, where);
  }

  /** Everybody who says something about a setting, the winner first. */
  async candidates(key: SettingKey): Promise<Candidate[]> {
    const spec = settings[key];
    const found: Candidate[] = [];
    const variable = spec.env.find((name, index) => this.#says(key, name, index > 0));
    const flag = this.#flag(key);
    // oclif reads a flag's variable too; then it was the variable that said so.
    if (flag && !spec.env.some((name) => this.#env[name] === String(flag.raw))) {
      found.push({ layer: 'flag', ...flag });
    }
    if (variable !== undefined) {
      found.push({ layer: 'env', source: variable, raw: this.#env[variable] });
    }
    for (const { layer, path, data } of await this.sources()) {
      const raw = lookUp(data, key);
      if (raw !== undefined && raw !== null) found.push({ layer, source: path, raw });
    }
    if (spec.default !== undefined) found.push({ layer: 'default', raw: spec.default });
    return found;
  }

  /** A context's value with its `${…}` replaced. */
  expand(value: unknown, where: string): unknown {
    return interpolate(value, this.#env, where, true);
  }

  /** Other programs, too, have a LOG_LEVEL: what such a variable cannot mean for pmx is not for it. */
  #says(key: SettingKey, variable: string, shared: boolean): boolean {
    const raw = this.#env[variable];
    if (!raw) return false;
    // Jenkins calls its own machines so, in every build.
    if (variable === 'NODE_NAME' && this.#env['JENKINS_URL']) return false;
    try {
      if (shared) parseValue(key, settings[key], raw, variable);
      return true;
    } catch {
      return false;
    }
  }

  #flag(key: SettingKey): { source: string; raw: unknown } | undefined {
    const { flags = {} } = this.#options;
    const { flag } = settings[key];
    if (key === 'color')
      return flags['no-color'] ? { source: '--no-color', raw: 'never' } : undefined;
    if (flag !== undefined && flags[flag] !== undefined)
      return { source: `--${flag}`, raw: flags[flag] };
    const short = shortFlags.find(([name, of]) => of === key && flags[name]);
    return short && { source: `--${short[0]}`, raw: short[2] };
  }

  async #load(): Promise<Source[]> {
    const { cache } = this.#options;
    const parsed = cache === undefined ? undefined : new ParsedCache(cache);
    const chains: Chain[] = [];
    for (const layer of ['project', 'user', 'system'] as const) {
      const path = this.path(layer);
      if (path !== undefined) chains.push(await loadChain(path, layer, this.#env, parsed));
    }
    this.#warnings = chains.flatMap(({ warnings }) => warnings);
    for (const warning of this.#warnings) this.#options.warn?.(warning);
    return chains.flatMap(({ sources }) => sources);
  }
}

function isFile(layer: SettingLayer): layer is FileLayer {
  return layer === 'project' || layer === 'user' || layer === 'system';
}

export function lookUp(data: Mapping, key: string): unknown {
  if (!key.startsWith('defaults.')) return Object.hasOwn(data, key) ? data[key] : undefined;
  const { defaults } = data;
  const name = key.slice('defaults.'.length);
  return isMapping(defaults) && Object.hasOwn(defaults, name) ? defaults[name] : undefined;
}
