import { writeSync } from 'node:fs';

import type { PmxHost, Session } from '@pmx-cli/kit';

import { resolvePaths } from '../config/paths.js';
import { cacheKey, CompletionCache } from './cache.js';
import { complete } from './complete.js';
import { type DataName, readData } from './data.js';
import { readKnown } from './manifest.js';
import { valuesOfPlugin, withPlugins } from './plugins.js';
import { refreshInBackground } from './refresh.js';

/**
 * `pmx complete -- WORD…`, for completion scripts: a value a line, a tab, its description; behind them
 * `:files` where the shell is to complete names of files, else `:values`. Never an error: a prompt is
 * no place for one. Loads neither oclif nor the configuration before it has to.
 */
export async function completeLine(
  argv: readonly string[],
  createHost: () => Promise<PmxHost>,
): Promise<void> {
  try {
    if (argv[0] === '--refresh') return await refresh(argv[1] as DataName, argv[2], createHost);
    const words = argv[0] === '--' ? argv.slice(1) : argv;
    const paths = resolvePaths();
    const { items, files } = await complete(words, {
      known: withPlugins(readKnown(), paths.data),
      paths,
      contexts: async () => openQuietly(await createHost(), undefined).contexts,
      refresh: refreshInBackground,
      uptime: () => performance.now(),
    });
    const lines = items.map(({ value, description }) => `${value}\t${oneLine(description)}\n`);
    writeSync(1, `${lines.join('')}${files ? ':files' : ':values'}\n`);
  } catch {
    // The next Tab tries again.
  }
}

function oneLine(text = ''): string {
  return text.replaceAll(/\s+/g, ' ');
}

async function refresh(
  name: DataName,
  context: string | undefined,
  createHost: () => Promise<PmxHost>,
): Promise<void> {
  const paths = resolvePaths();
  const cache = new CompletionCache(paths.cache, cacheKey(paths.config, context));
  const session = openQuietly(await createHost(), context);
  try {
    const [, plugin, what] = /^plugin-(.+)\+(.+)$/.exec(name) ?? [];
    const rows =
      plugin === undefined
        ? await readData(name, await session.pve())
        : await valuesOfPlugin(plugin, what!, session);
    cache.write(name, { at: Date.now(), rows });
  } catch {
    // Kept as a failure, so that not every Tab asks a server that is not there.
    const { rows } = cache.read(name) ?? {};
    cache.write(name, { at: Date.now(), ...(rows && { rows }) });
  } finally {
    await session.close();
  }
}

/** Machine format: nothing is asked for, nothing drawn. */
function openQuietly(host: PmxHost, context: string | undefined): Session {
  return host.open({
    format: { type: 'json' },
    log: {},
    'no-color': true,
    'request-timeout': 5,
    ...(context !== undefined && { context }),
  });
}
