import type { ControllerReader, Effect, Plan, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { nameOf } from '../../bmc/index.js';
import { actionOf, lacks, stepPlace, systemOf } from './redfish.js';

export type PowerVerb = 'on' | 'off' | 'cycle' | 'reset';

export interface PowerStatus {
  host: string;
  power: string;
  model: string | null;
  serviceTag: string | null;
  /** As an agent in the operating system tells the controller. */
  hostName: string | null;
  health: string | null;
}

export interface PowerResult {
  host: string;
  verb: PowerVerb;
  before: string;
  power: string;
  changed: boolean;
}

export interface PowerRequest {
  verb: PowerVerb;
  /** Without asking the operating system. */
  force: boolean;
  timeoutSeconds: number;
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

export async function readPower(reader: ControllerReader): Promise<PowerStatus> {
  const { body } = await systemOf(reader);
  return {
    host: nameOf(reader),
    power: text(body['PowerState']) ?? 'unknown',
    model: text(body['Model']),
    serviceTag: text(body['SKU']) ?? reader.identity.serviceTag,
    hostName: text(body['HostName']),
    health: text((body['Status'] as { Health?: unknown } | undefined)?.Health),
  };
}

function resetTypeOf({ verb, force }: PowerRequest): string {
  if (verb === 'on') return 'On';
  if (verb === 'off') return force ? 'ForceOff' : 'GracefulShutdown';
  if (verb === 'cycle') return 'PowerCycle';
  return force ? 'ForceRestart' : 'GracefulRestart';
}

const titles: Readonly<Record<PowerVerb, string>> = {
  on: 'Switch on',
  off: 'Switch off',
  cycle: 'Switch off and on again',
  reset: 'Restart',
};

/** @throws RequestError `PMX_BMC_POWER_OFF`, `PMX_BMC_NO_SUCH_RESET` */
export async function planPower(reader: ControllerReader, request: PowerRequest): Promise<Plan> {
  const { verb, timeoutSeconds } = request;
  const { path, body } = await systemOf(reader);
  const name = nameOf(reader);
  const before = text(body['PowerState']) ?? 'unknown';
  const after = verb === 'off' ? 'Off' : 'On';
  const plan = { operation: `idrac.power.${verb}`, target: name, local: true } as const;
  const result: PowerResult = { host: name, verb, before, power: after, changed: true };
  if ((verb === 'on' || verb === 'off') && before === after) {
    const note = `The server of ${name} is ${after.toLowerCase()} already.`;
    const title = `${titles[verb]} the server of ${name}`;
    return { ...plan, title, steps: [], notes: [note], result: { ...result, changed: false } };
  }
  if ((verb === 'cycle' || verb === 'reset') && before === 'Off')
    throw new RequestError({
      code: 'PMX_BMC_POWER_OFF',
      message: `The server of ${name} is off, so there is nothing to ${verb}.`,
      hints: [`pmx idrac power on ${name}`],
    });
  const action = actionOf(body, '#ComputerSystem.Reset');
  if (!action) throw lacks(reader, 'power control');
  const type = resetTypeOf(request);
  const allowed = action.allowed('ResetType');
  if (allowed.length > 0 && !allowed.includes(type)) throw noSuchReset(name, request, allowed);
  const place = stepPlace(reader);
  const call = (ResetType: string, state?: 'On' | 'Off'): Effect => ({
    kind: 'redfish.call',
    args: {
      ...place,
      method: 'POST',
      path: action.target,
      body: { ResetType },
      ...(state !== undefined && {
        idempotent: true,
        lookup: { path, property: ['PowerState'], value: state },
      }),
    },
  });
  const title = `${titles[verb]} the server of ${name} (${type})`;
  const lasting = verb === 'on' || verb === 'off';
  const steps: Step[] = [
    {
      ...call(type, lasting ? after : undefined),
      id: 'power',
      title,
      ...(verb === 'on'
        ? // Nothing of what somebody began to work with by then is lost.
          { undo: [{ ...call('GracefulShutdown', 'Off'), title: 'Ask it to shut down again' }] }
        : { destructive: true }),
    },
    {
      id: 'wait',
      title: `Wait until it is ${after.toLowerCase()}`,
      kind: 'bmc.await-power',
      args: { ...place, system: path, state: after, timeoutSeconds },
    },
  ];
  return { ...plan, title, steps, result: { ...result } };
}

function noSuchReset(
  name: string,
  { verb, force }: PowerRequest,
  allowed: readonly string[],
): RequestError {
  const instead =
    verb === 'reset' && !force
      ? `pmx idrac power reset ${name} --force`
      : verb === 'cycle'
        ? `pmx idrac power reset ${name} --force, or off and then on`
        : undefined;
  return new RequestError({
    code: 'PMX_BMC_NO_SUCH_RESET',
    message: `${name} cannot do that with its server; it can ${allowed.join(', ')}.`,
    hints: instead === undefined ? [] : [instead],
  });
}

export interface NodeGuard {
  /** Names of the nodes of the cluster in use; undefined when there is none. */
  nodes(): Promise<readonly string[] | undefined>;
  drained: boolean;
}

/**
 * A server that is a node of the cluster in use takes its guests along.
 * @throws RequestError `PMX_BMC_IS_NODE`
 */
export async function refuseNode(reader: ControllerReader, guard: NodeGuard): Promise<void> {
  if (guard.drained) return;
  const { hostName } = await readPower(reader);
  if (hostName === null) return;
  const short = hostName.split('.', 1)[0]!.toLowerCase();
  const node = (await guard.nodes())?.find((each) => each.toLowerCase() === short);
  if (node === undefined) return;
  throw new RequestError({
    code: 'PMX_BMC_IS_NODE',
    message: `The server of ${nameOf(reader)} is node ${node} of the cluster in use: its guests would go down with it.`,
    hints: [`Move them away first: pmx node drain ${node}`, 'When it is empty: --node-drained'],
  });
}
