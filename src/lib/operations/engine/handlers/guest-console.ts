import type { GuestConsoleArgs } from '@pmx-cli/kit';
import { InterruptedError, isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { PveClient } from '../../../api/index.js';
import { refuseNoTerminal } from '../../reach/console.js';
import { type ConsoleTicket, runConsole, type Screen } from './console-session.js';
import type { StepContext, StepHandler } from './handler.js';

interface Proxy extends ConsoleTicket {
  port: number | string;
}

/**
 * A console at this terminal. What is said there is on the screen and nowhere else; a port that
 * nobody connects to closes by itself after ten seconds, so a lost answer leaves nothing behind.
 */
export const guestConsole: StepHandler<'guest.console'> = consoleAt(thisTerminal);

export function consoleAt(screenOf: () => Screen): StepHandler<'guest.console'> {
  return {
    run: (args, context) => context.lendTerminal(() => open(args, context, screenOf())),
    async recover({ label }) {
      throw new SurroundingsError({
        code: 'PMX_OUTCOME_UNKNOWN',
        message: `The console of ${label} had the terminal, and nobody saw its end.`,
        hints: ['Open it anew.'],
      });
    },
  };
}

async function open(
  args: GuestConsoleArgs,
  context: StepContext,
  screen: Screen,
): Promise<{ ended: 'left' | 'guest' }> {
  const { node, type, vmid, serial, escape, label } = args;
  const path = `/nodes/${node}/${type}/${vmid}`;
  const hangUp = new AbortController();
  const onSignal = (): void => hangUp.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const stop = AbortSignal.any([context.signal, hangUp.signal]);
  try {
    const pve = await context.pve();
    const proxy = await pve.send<Proxy>(
      'POST',
      `${path}/termproxy`,
      serial === undefined ? {} : { serial },
      stop,
    );
    const stream = await pve.openStream!(
      `${path}/vncwebsocket`,
      { port: Number(proxy.port), vncticket: proxy.ticket },
      stop,
    );
    screen.say(greeting(label, serial, escape));
    const ended = await runConsole(stream, proxy, screen, { escape, signal: stop });
    screen.say(`\r\n[${ended === 'guest' ? 'The console has ended' : 'Left'}: ${label}]\r\n`);
    if (stop.aborted) throw new InterruptedError();
    if (ended === 'guest') await refuseVanished(pve);
    return { ended };
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** A console that has ended and a server that is gone look the same here: it is asked. */
async function refuseVanished(pve: PveClient): Promise<void> {
  try {
    await pve.get('/version');
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
  }
}

function greeting(label: string, serial: string | undefined, escape: number | undefined): string {
  const port = serial === undefined ? '' : ` (${serial})`;
  const key = escape === undefined ? undefined : `Ctrl-${String.fromCharCode(escape | 0x40)}`;
  return `[Console of ${label}${port}; ${key === undefined ? 'it ends when the guest ends it' : `${key} leaves it`}. No answer? Press return.]\r\n`;
}

function thisTerminal(): Screen {
  refuseNoTerminal();
  const { stdin, stdout, stderr } = process;
  return {
    input: stdin,
    output: stdout,
    say: (text) => void stderr.write(text),
    raw: (on) => void stdin.setRawMode(on),
    size: () => ({ columns: stdout.columns, rows: stdout.rows }),
    onResize: (listener) => {
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
  };
}
