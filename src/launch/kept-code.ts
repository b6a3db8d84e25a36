import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import module from 'node:module';
import { dirname, join, sep } from 'node:path';
import { Script } from 'node:vm';

import { openFolder } from '../lib/config/paths.js';
import { cacheFolder } from './compile-cache.js';
import { readKept, writeKept } from './kept-file.js';

export interface KeptCodeOptions {
  /** Modules below it are kept; with the separator at its end. */
  inside: string;
  /** Changes with each of these modules. */
  build: string;
  env?: NodeJS.ProcessEnv;
}

/** What Node does with a file of an ending. */
type Load = (loading: NodeModule, file: string) => void;

interface Loaded {
  script: Script;
  /** Where its code is kept. */
  path: string;
  modified: number;
  isNew: boolean;
}

/** Parts of Node that have no types. */
const internals = module as unknown as {
  _extensions: Record<string, Load | undefined>;
  _cache: Record<string, NodeModule | undefined>;
  Module: new (file: string, parent: NodeModule) => NodeModule;
};

/** Without a line break, so that places in stack traces stay. */
const head = '(function (exports, require, module, __filename, __dirname) {';
const tail = '\n})';
/** A process that has lived for longer may have thrown away code that the start needs; milliseconds. */
const shortLife = 2000;
const forgottenAfter = 30 * 86_400_000;

/**
 * Compiled code of pmx's own modules, kept as it is at the end of a run. Node's compile cache keeps a
 * module as it is before it has run: without the functions in it, which every start then compiles.
 *
 * A run that meets a module for the first time, as the first run of each command does, keeps all
 * modules that it has loaded with all the functions that were used so far. Only for CommonJS, and
 * without `import()`, which Node does not give to code that it has not compiled (scripts/bundle).
 */
export class KeptCode {
  readonly #inside: string;
  readonly #folder: string;
  readonly #root: string;
  #loaded: Loaded[] = [];
  /** V8 does not take code that was made under other flags. */
  #suffix = '.code';

  /** @param root the folder of compiled code, there or not */
  constructor(root: string, { inside, build, env = process.env }: KeptCodeOptions) {
    this.#inside = inside;
    this.#root = root;
    const options = [...process.execArgv, env['NODE_OPTIONS'] ?? ''].join(' ').trim();
    const name = [
      'pmx',
      process.version,
      process.arch,
      build,
      ...(options === '' ? [] : [digest(options)]),
    ];
    this.#folder = join(root, name.join('-'));
  }

  /** @returns a `require` for modules of the bundle, undefined where Node has nothing to hold on to */
  install(): NodeJS.Require | undefined {
    const { _extensions: endings } = internals;
    const load = endings['.js'];
    const { mainModule: main } = process;
    if (load === undefined || main === undefined) return undefined;
    endings['.js'] = (loading, file) =>
      file.startsWith(this.#inside) && file.endsWith('.js')
        ? this.#run(loading, file)
        : load(loading, file);
    process.once('exit', () => this.#keep());
    return this.#requireIn(main, dirname(main.filename));
  }

  /** V8 is about to get these flags, and what is loaded was made without them. */
  seal(flags: readonly string[]): void {
    this.#keep();
    this.#loaded = [];
    this.#suffix += digest(flags.join(' '));
  }

  #run(loading: NodeModule, file: string): void {
    const { text, modified } = readWrapped(file);
    const name = file.slice(this.#inside.length).replaceAll(sep, '+');
    const path = join(this.#folder, name + this.#suffix);
    const kept = readKept(path, modified);
    const script = new Script(text, {
      filename: file,
      ...(kept && { cachedData: kept }),
    });
    const isNew = kept === undefined || script.cachedDataRejected === true;
    this.#loaded.push({ script, path, modified, isNew });
    const run = script.runInThisContext() as (...given: unknown[]) => void;
    const folder = dirname(file);
    const { exports } = loading;
    run.call(exports, exports, this.#requireIn(loading, folder), loading, file, folder);
  }

  /**
   * Node's own `require` looks for a file in many places first; modules of the bundle name each other by
   * their exact paths.
   */
  #requireIn(parent: NodeModule, folder: string): NodeJS.Require {
    const { _cache: cache, Module } = internals;
    let others: NodeJS.Require | undefined;
    const other = (): NodeJS.Require => (others ??= module.createRequire(parent.filename));
    const require = ((id: string): unknown => {
      if (!/^\..*\.js$/.test(id)) return other()(id);
      const file = join(folder, id);
      const known = cache[file];
      if (known) return known.exports;
      if (!file.startsWith(this.#inside)) return other()(id);
      const loading = (cache[file] = new Module(file, parent));
      loading.filename = file;
      try {
        this.#run(loading, file);
      } catch (error) {
        delete cache[file];
        // Node says it better.
        if (!existsSync(file)) return other()(id);
        throw error;
      }
      loading.loaded = true;
      return loading.exports;
    }) as NodeJS.Require;
    require.resolve = ((id: string, options?: { paths?: string[] }) =>
      other().resolve(id, options)) as NodeJS.RequireResolve;
    require.cache = cache;
    require.main = process.mainModule;
    return require;
  }

  /** A cache that cannot be written only costs time. */
  #keep(): void {
    if (!this.#loaded.some(({ isNew }) => isNew)) return;
    const whole = process.uptime() * 1000 < shortLife;
    try {
      openFolder(this.#folder);
      for (const { script, path, modified, isNew } of this.#loaded)
        if (isNew || whole) writeKept(path, modified, script.createCachedData());
      this.#dropOld();
    } catch {
      // Next time, then.
    }
  }

  /** What belongs to a pmx or a Node that is no more. */
  #dropOld(): void {
    for (const name of readdirSync(this.#root)) {
      // Others keep something here, too.
      if (!name.startsWith('pmx-')) continue;
      const path = join(this.#root, name);
      if (path === this.#folder || Date.now() - statSync(path).mtimeMs < forgottenAfter) continue;
      rmSync(path, { recursive: true, force: true });
    }
  }
}

let active: KeptCode | undefined;

/** @returns whether pmx keeps the code of its modules itself */
export function keepsCode(): boolean {
  return active !== undefined;
}

/**
 * Called by the bundle's `bin/run.js` before anything else is loaded.
 * @returns a `require` for it, undefined where nothing is to be kept
 */
export function keepCode(options: KeptCodeOptions): NodeJS.Require | undefined {
  const { env = process.env } = options;
  const root = env['NODE_DISABLE_COMPILE_CACHE']
    ? undefined
    : (module.getCompileCacheDir() ?? cacheFolder(env));
  if (root === undefined) return undefined;
  active = new KeptCode(root, options);
  return active.install();
}

/** To be called before V8 gets other flags. */
export function sealKeptCode(flags: readonly string[]): void {
  active?.seal(flags);
}

/** A module of the bundle as a function. It is in ASCII, so that bytes are characters. */
function readWrapped(path: string): { text: string; modified: number } {
  const file = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(file);
    // In one piece: to put texts of this length together takes as long as to read them.
    const all = Buffer.allocUnsafeSlow(head.length + size + tail.length);
    all.write(head, 0, 'latin1');
    if (readSync(file, all, head.length, size, 0) !== size) throw new Error(`${path} was cut off`);
    all.write(tail, head.length + size, 'latin1');
    return { text: all.toString('latin1'), modified: mtimeMs };
  } finally {
    closeSync(file);
  }
}

function digest(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) >>> 0;
  return sum.toString(36);
}
