import { X509Certificate } from 'node:crypto';

import type { ControllerAnswer, Json, StepArgs, StepResult } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import {
  answerLost,
  certificateFacts,
  type Controller,
  defaultTimes,
  nameOf,
  ProbeError,
  shakeHands,
} from '../../../bmc/index.js';
import { repeatable, type StepContext, type StepHandler } from './handler.js';

type CallArgs = StepArgs['redfish.call'];

const firstPauseMillis = 250;
const longestPauseMillis = 5000;

/** A change of a controller: sent once; without an answer it is looked up, or told. */
export const redfishCall: StepHandler<'redfish.call'> = {
  async run(args, context) {
    const controller = await context.controllers.enter(args);
    const { method, path, idempotent = false } = args;
    // It may be so by now: an undo comes after what others did meanwhile.
    if (idempotent && isSoAlready(args, await read(args, controller))) return resultOf(args, {});
    const body = context.resolve(args.body) as ControllerAnswer | undefined;
    const sent = await controller.send(method, path, body);
    if ('answer' in sent) return resultOf(args, sent.answer);
    context.report('no answer, looking whether it was done');
    const verdict = await happened(args, () => Promise.resolve(controller), context);
    if (verdict === true) return resultOf(args, {});
    // Seen not to have happened, or no harm when done twice.
    if (verdict === false || idempotent) {
      const again = await controller.send(method, path, body);
      if ('answer' in again) return resultOf(args, again.answer);
    }
    throw answerLost(controller, `${method} ${path}`, sent.lost);
  },

  async recover(args, context) {
    const verdict = await happened(args, () => context.controllers.enter(args), context);
    if (verdict === true) return resultOf(args, {});
    if (verdict === false || args.idempotent === true) return undefined;
    throw new SurroundingsError({
      code: 'PMX_BMC_END_UNKNOWN',
      message: `Nobody can tell whether ${nameOf(args)} carried out ${args.method} ${args.path}.`,
      hints: [`Look how it is: pmx idrac info ${nameOf(args)}`],
    });
  },
};

function resultOf({ take }: CallArgs, answer: ControllerAnswer): StepResult {
  return take === undefined ? {} : { [take]: (answer[take] ?? null) as Json };
}

/** What a lookup over Redfish reads; nothing for other lookups. */
async function read(
  { lookup }: CallArgs,
  controller: Controller,
): Promise<ControllerAnswer | undefined> {
  return lookup && 'path' in lookup ? controller.get(lookup.path) : undefined;
}

function isSoAlready({ lookup }: CallArgs, answer: ControllerAnswer | undefined): boolean {
  return (
    answer !== undefined &&
    lookup !== undefined &&
    'path' in lookup &&
    valueAt(answer, lookup.property) === lookup.value
  );
}

/** @returns undefined when it cannot be seen */
async function happened(
  args: CallArgs,
  enter: () => Promise<Controller>,
  context: StepContext,
): Promise<boolean | undefined> {
  const { host, port, fingerprint, lookup, endsSessions = false } = args;
  if (lookup && 'served' in lookup) {
    const { served, late } = lookup;
    const isIt = (shown: string): boolean =>
      served === null ? shown !== fingerprint : shown === served;
    return isServed({ host, port }, isIt, late, context);
  }
  // Another certificate since: it restarted, and nobody may log in by the old one.
  const shown = endsSessions ? await shownBy(host, port, context.signal) : undefined;
  if (shown !== undefined && shown !== fingerprint) return true;
  if (!lookup && !endsSessions) return undefined;
  try {
    const controller = await enter();
    if (lookup) return isSoAlready(args, await read(args, controller));
    await controller.get('/redfish/v1/Managers');
    return false;
  } catch (error) {
    if (!isPmxError(error)) throw error;
    // It is away, or back and knows nothing of the session: both are what a restart does.
    const restarts = ['PMX_BMC_SESSION_GONE', 'PMX_BMC_UNREACHABLE'].includes(error.code);
    if (endsSessions) return restarts ? true : undefined;
    if (restarts) return undefined;
    throw error;
  }
}

/** A web server that takes a new certificate while it runs does so within this time. */
const takenOverMillis = 10_000;

async function isServed(
  { host, port }: { host: string; port: number },
  isIt: (shown: string) => boolean,
  late: boolean,
  { sleep, signal }: StepContext,
): Promise<boolean | undefined> {
  const end = performance.now() + (late ? 0 : takenOverMillis);
  for (;;) {
    const shown = await shownBy(host, port, signal);
    if (shown !== undefined && isIt(shown)) return true;
    if (performance.now() >= end) return late || shown === undefined ? undefined : false;
    await sleep(firstPauseMillis, signal);
  }
}

/** SHA-256 of the certificate that is served now; undefined while nobody is there. */
async function shownBy(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const leaf = await servedBy(host, port, signal);
  return leaf && new X509Certificate(leaf).fingerprint256;
}

function valueAt(answer: ControllerAnswer, property: readonly string[]): unknown {
  return property.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as ControllerAnswer)[name] : at),
    answer,
  );
}

/** Asks again, less and less often, until there is an answer or the time is over. */
async function until<T>(
  seconds: number,
  { sleep, signal }: StepContext,
  look: () => Promise<T | undefined>,
  late: () => SurroundingsError,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (let pause = firstPauseMillis; ; pause = Math.min(pause * 1.5, longestPauseMillis)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() + pause > end) throw late();
    await sleep(pause, signal);
  }
}

export const bmcAwaitCertificate = repeatable<'bmc.await-certificate'>(async (args, context) => {
  const { host, port, before, timeoutSeconds, export: told } = args;
  const wanted = args.wanted ?? (told && (await toldBy(told, before, context)));
  const look = async (): Promise<StepResult | undefined> => {
    const leaf = await servedBy(host, port, context.signal);
    if (leaf === undefined) return undefined;
    const facts = certificateFacts(leaf, Date.now());
    const { sha256, subject, notBefore, notAfter } = facts;
    if (wanted === undefined ? sha256 === before : sha256 !== wanted) return undefined;
    return { sha256, subject, notBefore, notAfter, vouched: wanted !== undefined };
  };
  context.report('waiting for the new certificate');
  const served = await until(timeoutSeconds, context, look, () => {
    return new SurroundingsError({
      code: 'PMX_BMC_CERT_NOT_SERVED',
      message: `${nameOf(args)} took the new certificate and still does not serve it after ${timeoutSeconds} s.`,
      hints: [
        `Look again in some minutes: pmx idrac cert show ${nameOf(args)}`,
        `When it stays so, restart the controller: racadm -r ${host} -i racreset`,
      ],
    });
  });
  if (wanted !== undefined) await context.controllers.expect(args, wanted);
  return served;
});

/** Undefined when the old connection is gone, or what it tells is still the old certificate. */
async function toldBy(
  place: NonNullable<StepArgs['bmc.await-certificate']['export']>,
  before: string,
  { controllers }: StepContext,
): Promise<string | undefined> {
  try {
    const controller = await controllers.enter(place);
    const body = { SSLCertType: 'Server' };
    const { CertificateFile: pem } = await controller.query(place.action, body);
    const { fingerprint256 } = new X509Certificate(String(pem));
    return fingerprint256 === before ? undefined : fingerprint256;
  } catch {
    return undefined;
  }
}

/** Undefined while nobody is there. For reading only, so old TLS is let in. */
async function servedBy(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  try {
    const { socket, chain } = await shakeHands({ host, port }, 'relaxed', {
      ...defaultTimes,
      signal,
    });
    socket.destroy();
    return chain[0];
  } catch (error) {
    if (error instanceof ProbeError) return undefined;
    throw error;
  }
}

export const bmcAwaitPower = repeatable<'bmc.await-power'>(async (args, context) => {
  const { system, state, timeoutSeconds } = args;
  const controller = await context.controllers.enter(args);
  context.report(`waiting until it is ${state.toLowerCase()}`);
  return until(
    timeoutSeconds,
    context,
    async () => {
      const { PowerState: now } = await controller.get(system);
      return now === state ? { power: state } : undefined;
    },
    () =>
      new SurroundingsError({
        code: 'PMX_BMC_POWER_STAYS',
        message: `The server of ${nameOf(args)} is still not ${state.toLowerCase()} after ${timeoutSeconds} s.`,
        hints: [
          state === 'Off'
            ? `Its operating system does not shut down; without asking it: pmx idrac power off ${nameOf(args)} --force`
            : `Look at its console: pmx idrac power status ${nameOf(args)}`,
        ],
      }),
  );
});

/** Off by so much it counts as set: the controller knows whole seconds only. */
const goodEnoughSeconds = 5;

export const bmcSetClock = repeatable<'bmc.set-clock'>(async (args, context) => {
  const { action, aheadSeconds } = args;
  const controller = await context.controllers.enter(args);
  const wanted = (): number => Date.now() + aheadSeconds * 1000;
  const TimeData = new Date(wanted()).toISOString().replace(/\.\d+Z$/, '+00:00');
  const sent = await controller.send('POST', action, { GetRequest: false, TimeData });
  if ('lost' in sent) context.report('no answer, reading the clock');
  const { TimeData: now } = await controller.query(action, { GetRequest: true });
  const offSeconds = (Date.parse(String(now)) - wanted()) / 1000;
  if (Math.abs(offSeconds) <= goodEnoughSeconds) return { offSeconds: Math.round(offSeconds) };
  throw new ProxmoxError({
    code: 'PMX_BMC_CLOCK_NOT_SET',
    message: `The clock of ${nameOf(args)} was set and reads ${String(now)}: something else sets it.`,
    hints: ['When NTP is on there, its server may be wrong: pmx idrac time show --auth'],
  });
});
