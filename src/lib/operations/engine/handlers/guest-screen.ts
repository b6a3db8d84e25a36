import { type ChildProcess, spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { GuestSpiceArgs, GuestVncArgs, StepResult } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

import type { StepContext, StepHandler } from './handler.js';

/** What pmx tells whoever sits in front of it; a password is on the screen and nowhere else. */
type Say = (text: string) => void;

interface VncProxy {
  port: number | string;
  ticket: string;
  password: string;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const guestVnc: StepHandler<'guest.vnc'> = vncWith(toStderr);
export const guestSpice: StepHandler<'guest.spice'> = spiceWith(toStderr, 'remote-viewer');

/** A port of this machine that leads to the VM's screen until it is ended. */
export function vncWith(say: Say): StepHandler<'guest.vnc'> {
  return {
    run: (args, context) =>
      context.lendTerminal(() => untilStopped(context, (stop) => bridge(args, context, say, stop))),
    recover: unseen,
  };
}

/** The file that remote-viewer opens; it goes when the viewer ends. */
export function spiceWith(say: Say, viewer: string): StepHandler<'guest.spice'> {
  return {
    run: (args, context) =>
      context.lendTerminal(() =>
        untilStopped(context, (stop) => view(args, context, say, viewer, stop)),
      ),
    recover: unseen,
  };
}

async function unseen({ label }: { label: string }): Promise<never> {
  throw new SurroundingsError({
    code: 'PMX_OUTCOME_UNKNOWN',
    message: `The screen of ${label} was open, and nobody saw its end.`,
    hints: ['Open it anew.'],
  });
}

function toStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Ctrl-C is how it ends, and no interruption. */
async function untilStopped(
  { signal }: StepContext,
  work: (stop: AbortSignal) => Promise<StepResult>,
): Promise<StepResult> {
  const hangUp = new AbortController();
  const onSignal = (): void => hangUp.abort();
  for (const name of signals) process.on(name, onSignal);
  try {
    return await work(AbortSignal.any([signal, hangUp.signal]));
  } finally {
    for (const name of signals) process.off(name, onSignal);
  }
}

async function bridge(
  { node, vmid, label, port }: GuestVncArgs,
  context: StepContext,
  say: Say,
  stop: AbortSignal,
): Promise<StepResult> {
  const open = new Set<Socket>();
  let failure: unknown;
  const failed = new AbortController();
  const server = createServer((viewer) => {
    open.add(viewer);
    viewer.once('close', () => open.delete(viewer)).on('error', () => undefined);
    connect(context, `/nodes/${node}/qemu/${vmid}`, viewer, say, stop).catch((error: unknown) => {
      viewer.destroy();
      failure ??= error;
      failed.abort();
    });
  });
  try {
    const at = await listen(server, port);
    say(
      `The screen of ${label} is at 127.0.0.1:${at} until Ctrl-C. Connect: vncviewer 127.0.0.1::${at}`,
    );
    await aborted(AbortSignal.any([stop, failed.signal]));
    if (failure !== undefined) throw failure;
    return { ended: 'left' };
  } finally {
    for (const viewer of open) viewer.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Each viewer gets a ticket of its own: Proxmox VE waits no longer than ten seconds for it. */
async function connect(
  context: StepContext,
  path: string,
  viewer: Socket,
  say: Say,
  stop: AbortSignal,
): Promise<void> {
  const pve = await context.pve();
  const { port, ticket, password } = await pve.send<VncProxy>(
    'POST',
    `${path}/vncproxy`,
    { websocket: true, 'generate-password': true },
    stop,
  );
  // From now on in no log.
  context.keepSecret('vnc', password);
  const screen: Duplex = await pve.openStream!(
    `${path}/vncwebsocket`,
    { port: Number(port), vncticket: ticket },
    stop,
  );
  say(`A viewer connects; the password for this time: ${password}`);
  screen.on('error', () => viewer.destroy()).once('close', () => viewer.destroy());
  viewer.once('close', () => screen.destroy());
  viewer.pipe(screen).pipe(viewer);
}

/** Of this machine only. @throws SurroundingsError `PMX_LOCAL_PORT` */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new SurroundingsError({
          code: 'PMX_LOCAL_PORT',
          message: `Port ${port} of this machine cannot be used (${error.code}).`,
          hints: ['Any free one is taken without --vnc-port.'],
          data: { seen: true },
          cause: error,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function view(
  { node, vmid, label, file }: GuestSpiceArgs,
  context: StepContext,
  say: Say,
  viewer: string,
  stop: AbortSignal,
): Promise<StepResult> {
  const pve = await context.pve();
  const { host } = await pve.identity();
  const path = `/nodes/${node}/qemu/${vmid}/spiceproxy`;
  const settings = await pve.send<Record<string, unknown>>('POST', path, { proxy: host }, stop);
  context.keepSecret('spice', String(settings['password']));
  await writeFile(file, viewerSettings(settings), { mode: 0o600, flag: 'wx' });
  try {
    const child = await started(viewer, file);
    if (!child) {
      say(`${viewer} is not installed here; whoever has it opens this within 30 s, then Ctrl-C:`);
      say(`${viewer} ${file}`);
      await aborted(stop);
      return { ended: 'left' };
    }
    say(`The screen of ${label} is in ${viewer} now.`);
    const end = (): void => void child.kill('SIGTERM');
    stop.addEventListener('abort', end, { once: true });
    await new Promise((resolve) => child.once('close', resolve));
    return { ended: 'left' };
  } finally {
    await rm(file, { force: true });
  }
}

/** What virt-viewer reads: a line of a certificate ends with a backslash and an n. */
export function viewerSettings(settings: Record<string, unknown>): string {
  const lines = Object.entries(settings).map(
    ([key, value]) => `${key}=${String(value).replaceAll('\n', String.raw`\n`)}`,
  );
  return `[virt-viewer]\n${lines.join('\n')}\n`;
}

/** @returns undefined when it is not installed */
function started(program: string, file: string): Promise<ChildProcess | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, [file], { stdio: ['ignore', 2, 2] });
    child.once('spawn', () => resolve(child)).once('error', () => resolve(undefined));
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A promise alone does not keep a process.
    const alive = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
