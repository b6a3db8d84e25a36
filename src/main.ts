import { readFileSync, writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

import type { Interfaces } from '@oclif/core';

import { asConfigView, hoistGlobalFlags, withInterval } from './argv.js';
import { resolvePaths } from './lib/config/paths.js';
import { readStore, storeFolder } from './lib/plugins/store.js';

/** Everything between argv and a command. `bin/run.js` is the only caller. */
export async function main(argv: string[], entry: string): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    writeSync(1, `pmx ${packageVersion()}\n`);
    return;
  }
  // What lives in a bulk of hundreds is as little as in one change; V8 would let its young generation
  // grow with the traffic all the same and keep it (bench/FIGURES.md).
  setFlagsFromString('--semi-space-growth-factor=1');
  enableCompileCache();
  if (argv[0] === 'complete') {
    const { completeLine } = await import('./lib/completion/index.js');
    return completeLine(argv.slice(1), async () => {
      const [{ registerHost }, { createHost }] = await Promise.all([
        import('@pmx-cli/kit'),
        import('./lib/host.js'),
      ]);
      const host = createHost();
      registerHost(host);
      return host;
    });
  }
  const args = withInterval(hoistGlobalFlags(asConfigView(argv)));
  const [{ run }, { flush }, { registerHost }, { createHost }] = await Promise.all([
    import('@oclif/core/run'),
    import('@oclif/core/flush'),
    import('@pmx-cli/kit'),
    import('./lib/host.js'),
  ]);
  registerHost(createHost());
  try {
    await run(args, await oclifOptions(entry));
  } catch (error) {
    await reportOutsideCommand(error, args);
  }
  await flush();
}

/** Plugins of the user are loaded here: oclif would let a broken one speak for itself, at length. */
async function oclifOptions(entry: string): Promise<Interfaces.LoadOptions> {
  const root = fileURLToPath(entry);
  const options = { root, userPlugins: false };
  const store =
    process.env['PMX_NO_PLUGINS'] === '1' ? undefined : readStore(storeFolder(resolvePaths().data));
  if (!store || store.plugins.length === 0) return options;
  const { loadPlugins } = await import('./lib/plugins/load.js');
  const main = fileURLToPath(new URL('..', import.meta.url));
  const tell = (text: string): void => void process.stderr.write(`Warning: ${text}\n`);
  return { ...options, plugins: await loadPlugins(main, store, tell) };
}

/** Errors that no command caught: an unknown command, a broken plugin, `--help` that ends by throwing. */
async function reportOutsideCommand(thrown: unknown, args: string[]): Promise<void> {
  const { oclif } = thrown as { oclif?: { exit?: number } };
  if (oclif?.exit === 0) return;
  const { errorDocument, errorText, findHost, normalizeError, requestedFormat } =
    await import('@pmx-cli/kit');
  const error = normalizeError(thrown);
  process.exitCode = error.exitCode;
  const debug = args.includes('--debug');
  const session = findHost().open({
    format: requestedFormat(args),
    log: {},
    'no-color': false,
  });
  const { requestId } = session;
  await session.ready().catch(() => undefined);
  await session.output.failure(
    errorDocument(error, requestId),
    errorText(error, { stack: debug, requestId }),
  );
  await session.close();
}

function packageVersion(): string {
  const path = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
