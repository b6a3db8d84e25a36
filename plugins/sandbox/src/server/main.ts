import { appendFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from './errors.js';
import { startSandbox } from './index.js';
import type { startPersonas } from './idrac/index.js';
import type { RunningSandbox, SandboxOptions } from './index.js';
import { writeAtomically } from './state/store.js';

/** The process ends at the latest this long after it was told to. */
const STOP_MILLIS = 1800;
/** Real guests get more: they write their disks before they go. */
const STOP_GUESTS_MILLIS = 4000;

/** Reads the options from the environment and takes them out of it, so that no child process inherits the secret. */
function readOptions(): SandboxOptions {
  const text = process.env['PMX_SANDBOX_OPTIONS'];
  const tokenSecret = process.env['PMX_SANDBOX_TOKEN'];
  delete process.env['PMX_SANDBOX_OPTIONS'];
  delete process.env['PMX_SANDBOX_TOKEN'];
  if (text === undefined || tokenSecret === undefined)
    throw new Error('PMX_SANDBOX_OPTIONS and PMX_SANDBOX_TOKEN must be set');
  return { ...(JSON.parse(text) as Omit<SandboxOptions, 'tokenSecret'>), tokenSecret };
}

type Idracs = Awaited<ReturnType<typeof startPersonas>>;

/** When one cannot be served, nothing is left running. */
async function startIdracs(options: SandboxOptions, sandbox: RunningSandbox): Promise<Idracs> {
  const { idrac = [], tokenSecret } = options;
  if (idrac.length === 0) return { personas: [], close: async () => undefined };
  try {
    const { startPersonas } = await import('./idrac/index.js');
    return await startPersonas(idrac.map((persona) => ({ ...persona, password: tokenSecret })));
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

async function main(): Promise<void> {
  let options: SandboxOptions;
  let sandbox: RunningSandbox;
  let idrac: Idracs;
  try {
    options = readOptions();
    sandbox = await startSandbox(options);
    idrac = await startIdracs(options, sandbox);
  } catch (error) {
    process.stderr.write(`sandbox: ${messageOf(error).split('\n')[0] ?? ''}\n`);
    process.exitCode = 2;
    return;
  }
  const ready = join(options.dataDir, 'ready.json');
  const log = (line: string): void =>
    appendFileSync(join(options.dataDir, 'sandbox.log'), `${new Date().toISOString()} ${line}\n`, {
      mode: 0o600,
    });
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log(`${signal}: stopping`);
    const millis = sandbox.engine === 'qemu' ? STOP_GUESTS_MILLIS : STOP_MILLIS;
    // eslint-disable-next-line no-restricted-properties -- a process of its own: whatever hangs must not keep it alive
    setTimeout(() => process.exit(0), millis).unref();
    void rm(ready, { force: true })
      .then(() => Promise.all([sandbox.close(), idrac.close()]))
      .then(
        () => log('stopped'),
        (error: unknown) => log(`stopping failed: ${messageOf(error)}`),
      );
  };
  process.on('SIGTERM', () => stop('SIGTERM')).on('SIGINT', () => stop('SIGINT'));
  process.on('uncaughtException', (error) => log(`uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (error) => log(`unhandled: ${messageOf(error)}`));
  const { port, url, fingerprint, engine, accel } = sandbox;
  await writeAtomically(
    ready,
    `${JSON.stringify({ pid: process.pid, port, url, fingerprint, nodes: options.nodes, engine, accel, idrac: idrac.personas.map((persona) => ({ generation: persona.generation, url: persona.url, fingerprint: persona.fingerprint })), startedAt: new Date().toISOString() })}\n`,
  );
  log(`listening on ${url}`);
}

// Not awaited: CommonJS, which a release is made of, has no top-level await.
void main();
