import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { isPmxError, type PmxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

export interface NpmOptions {
  /** Folder to work in. */
  cwd: string;
  registry?: string | undefined;
  scripts?: boolean | undefined;
  signal: AbortSignal;
}

/** The part of plugin-plugins that pmx uses: the npm that it brings, or the one on PATH. */
interface Npm {
  findNpm(): Promise<string>;
}

/**
 * plugin-plugins exports its commands only; its npm and its list of plugins are what is wanted.
 * @param folder of the plugins
 */
export async function pluginPlugins(folder: string): Promise<PluginPlugins> {
  const entry = createRequire(import.meta.url).resolve('@oclif/plugin-plugins');
  const module = new URL('plugins.js', pathToFileURL(entry)).href;
  const { default: Plugins } = (await import(module)) as {
    default: new (options: object) => PluginPlugins;
  };
  const config = { dataDir: folder, name: 'pmx-plugins', pjson: { oclif: {} } };
  return new Plugins({ config, logLevel: 'silent' });
}

export interface PluginPlugins {
  npm: Npm;
  add(plugin: { name: string; type: 'user' | 'link'; url?: string; root?: string }): Promise<void>;
  remove(name: string): Promise<void>;
}

/**
 * Runs npm. Kit is no package of a registry here but the one of this pmx, so peers are left alone;
 * and a registry that does not answer is not waited for by the minute.
 * @returns what it prints
 * @throws RequestError `PMX_PLUGIN_NOT_FOUND`, SurroundingsError `PMX_NPM_FAILED`
 */
export async function npm(words: readonly string[], options: NpmOptions): Promise<string> {
  const { npm: tool } = await pluginPlugins(options.cwd);
  const program = await tool.findNpm().catch(() => undefined);
  if (program === undefined) {
    throw new SurroundingsError({
      code: 'PMX_NPM_FAILED',
      message: 'There is no npm: neither beside pmx nor on PATH.',
      hints: ['Install npm, it comes with Node: https://nodejs.org'],
    });
  }
  const args = [
    ...words.slice(0, 1),
    ...(options.scripts ? [] : ['--ignore-scripts']),
    ...(options.registry === undefined ? [] : [`--registry=${options.registry}`]),
    '--legacy-peer-deps',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--fetch-timeout=60000',
    ...words.slice(1),
  ];
  const [file, given] = /\.c?js$/.test(program)
    ? [process.execPath, [program, ...args]]
    : [program, args];
  return run(file, given, options);
}

function run(file: string, args: readonly string[], { cwd, signal }: NpmOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HUSKY: '0', NO_UPDATE_NOTIFIER: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(stdout) : reject(npmError(stderr, code))));
  });
}

/** npm's words on stderr → the error that is shown. */
export function npmError(stderr: string, code: number | null): PmxError {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/^(?:at |npm warn|A complete log|Log files)/i.test(line));
  const kind = /^code (\S+)/.exec(lines.find((line) => line.startsWith('code ')) ?? '')?.[1];
  const said = lines.find((line) => !/^(?:code|errno|syscall|path|dest) /.test(line)) ?? '';
  const what = said.replace(/^(?:404|notarget|FetchError:)\s+/, '').replace(/\.$/, '');
  if (kind === 'E404' || kind === 'ETARGET') {
    return new RequestError({
      code: 'PMX_PLUGIN_NOT_FOUND',
      message: `npm finds no such package: ${what || kind}.`,
      hints: [
        'A file of yours: pmx plugins install ./NAME-1.0.0.tgz',
        'Another registry: pmx config set pluginRegistry https://registry.example.org',
      ],
    });
  }
  return new SurroundingsError({
    code: 'PMX_NPM_FAILED',
    message: `npm failed: ${what || `it ended with code ${code}`}${kind === undefined ? '' : ` (${kind})`}.`,
    hints: [
      'Without a network, install from a file: npm pack elsewhere, then pmx plugins install FILE.tgz',
      'What npm itself says about it: npm ping',
    ],
  });
}

/** Errors of npm are told already; everything else that a plugin's package does is not pmx's defect. */
export function packageError(name: string, error: unknown): PmxError {
  if (isPmxError(error)) return error;
  return new RequestError({
    code: 'PMX_INVALID_PLUGIN',
    message: `${name} is no plugin that can be installed: ${(error as Error).message}.`,
    hints: ['What a plugin needs is in docs/plugins.md.'],
  });
}
