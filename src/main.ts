import { readFileSync, writeSync } from 'node:fs';

import type { PmxHost } from '@pmx-cli/kit';

import { asConfigView, asExamples, hoistGlobalFlags, withInterval } from './argv.js';
import { keepCompiledCode } from './launch/compile-cache.js';
import { keepsCode } from './launch/kept-code.js';
import { flushed, surviveLostOutput } from './launch/lost-output.js';

/** Everything between argv and a command. `bin/run.js` is the only caller. */
export async function main(argv: string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    return printVersion();
  }
  surviveLostOutput();
  if (!keepsCode()) keepCompiledCode();
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
  const given = asExamples(withInterval(hoistGlobalFlags(asConfigView(argv))));
  const [{ run }, { IndexedConfig }, { flush }, { registerHost }, { createHost }] =
    await Promise.all([
      import('@oclif/core/run'),
      import('./launch/indexed-config.js'),
      import('@oclif/core/flush'),
      import('@pmx-cli/kit'),
      import('./lib/host.js'),
    ]);
  const host = createHost();
  registerHost(host);
  const args = given.length === 0 && (await wantsMenu(host)) ? ['menu'] : given;
  try {
    const config = await IndexedConfig.load();
    await run(config.joinWords(args), config);
  } catch (error) {
    await reportOutsideCommand(error, args);
  }
  const lost = await flushed(flush);
  if (lost) await reportLostOutput(lost);
}

/** Whether `pmx` alone is the menu; without a terminal it never is. */
async function wantsMenu(host: PmxHost): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const session = host.open({ log: {}, 'no-color': false });
  try {
    return session.prompt.possible && (await session.settings.get('menu'));
  } catch {
    // Whatever is wrong with the configuration, help is help.
    return false;
  } finally {
    await session.close();
  }
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

async function reportLostOutput({ message }: Error): Promise<void> {
  const { errorText, findHost, SurroundingsError } = await import('@pmx-cli/kit');
  const error = new SurroundingsError({
    code: 'PMX_OUTPUT_LOST',
    message: `The result could not be written: ${message}.`,
    hints: ['What was changed stays changed, and is in the journal: pmx op list'],
  });
  process.exitCode ||= error.exitCode;
  const session = findHost().open({ format: { type: 'table' }, log: {}, 'no-color': false });
  session.output.problem(errorText(error, { stack: false, requestId: session.requestId }));
  await session.close();
}

function printVersion(): void {
  try {
    writeSync(1, `pmx ${packageVersion()}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') process.exitCode = 2;
  }
}

function packageVersion(): string {
  const path = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
