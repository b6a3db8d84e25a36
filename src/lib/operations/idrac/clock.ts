import type { ControllerReader, Plan, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { type BmcTarget, nameOf } from '../../bmc/index.js';
import { look } from './look.js';
import {
  actionOf,
  type Action,
  dellService,
  lacks,
  managerOf,
  objectIn,
  type Resource,
  stepPlace,
} from './redfish.js';

export interface ClockReport {
  host: string;
  /** Seconds ahead of this machine; null: it does not say. */
  skewSeconds: number | null;
  source: 'date-header' | 'manager' | null;
  /** As the controller writes it. */
  time: string | null;
  ntp: boolean | null;
  servers: string[];
}

/** By the header that every answer has; nobody logs in. */
export async function readClocks(
  targets: readonly BmcTarget[],
  signal: AbortSignal,
): Promise<ClockReport[]> {
  const seen = await look({ targets, identify: false, signal });
  return seen.map((one) => ({
    host: nameOf(one),
    skewSeconds: one.http?.skewSeconds ?? null,
    source: one.http?.skewSeconds == null ? null : 'date-header',
    time: null,
    ntp: null,
    servers: [],
  }));
}

const numbers = [1, 2, 3];
const enabled = 'NTPConfigGroup.1.NTPEnable';
const server = (number: number): string => `NTPConfigGroup.1.NTP${number}`;

interface ClockPlace {
  manager: Resource;
  attributes: Resource | undefined;
  manage: Action | undefined;
}

async function clockOf(reader: ControllerReader): Promise<ClockPlace> {
  const manager = await managerOf(reader);
  const [attributes, service] = [
    await dellService(reader, manager, 'DellAttributes'),
    await dellService(reader, manager, 'DellTimeService'),
  ];
  return {
    manager,
    attributes,
    manage: service && actionOf(service.body, '#DellTimeService.ManageTime'),
  };
}

const valuesOf = (attributes: Resource | undefined): Record<string, unknown> =>
  objectIn(attributes?.body['Attributes']);

export async function readClock(reader: ControllerReader): Promise<ClockReport> {
  const { manager, attributes } = await clockOf(reader);
  const values = valuesOf(attributes);
  const time = manager.body['DateTime'];
  const told = typeof time === 'string' ? Date.parse(time) : NaN;
  return {
    host: nameOf(reader),
    skewSeconds: Number.isNaN(told) ? reader.skewSeconds : Math.round((told - Date.now()) / 1000),
    source: Number.isNaN(told) ? 'date-header' : 'manager',
    time: typeof time === 'string' ? time : null,
    ntp: values[enabled] === undefined ? null : values[enabled] === 'Enabled',
    servers: numbers.map((number) => String(values[server(number)] ?? '')).filter(Boolean),
  };
}

export interface SyncRequest {
  /** Servers to follow from now on. */
  ntp?: readonly string[] | undefined;
  /** Set it to the time of this machine. */
  now: boolean;
}

export interface SyncResult {
  host: string;
  skewBefore: number | null;
  ntp: string[] | null;
  set: boolean;
}

/** @throws RequestError `PMX_BMC_SYNC_HOW`; ProxmoxError `PMX_BMC_CANNOT` */
export async function planSync(reader: ControllerReader, { ntp, now }: SyncRequest): Promise<Plan> {
  if (ntp === undefined && !now)
    throw new RequestError({
      code: 'PMX_BMC_SYNC_HOW',
      message: 'Nobody said what to set the clock by.',
      hints: [
        'By servers, which lasts: --ntp ntp1.example.org,ntp2.example.org',
        'By this machine, until its server restarts: --now',
      ],
    });
  if (ntp && ntp.length > numbers.length)
    throw new RequestError({
      code: 'PMX_BMC_SYNC_HOW',
      message: `${ntp.length} NTP servers are too many: a controller takes three.`,
      hints: ['Name one to three.'],
    });
  const place = await clockOf(reader);
  const name = nameOf(reader);
  const steps: Step[] = [];
  const { skewSeconds } = await readClock(reader);
  if (now) steps.push(setStep(reader, place, skewSeconds ?? 0));
  if (ntp) steps.push(ntpStep(reader, place, ntp));
  return {
    operation: 'idrac.time.sync',
    target: name,
    title: ntp
      ? `Have the clock of ${name} follow ${ntp.join(', ')}`
      : `Set the clock of ${name} by this machine`,
    local: true,
    steps,
    notes: ntp
      ? []
      : [
          `A restart of its server sets the clock of ${name} from the BIOS again; --ntp lasts.`,
          ...(valuesOf(place.attributes)[enabled] === 'Enabled'
            ? ['NTP is on there, too: when its server is wrong, the clock will be again.']
            : []),
        ],
    result: { host: name, skewBefore: skewSeconds, ntp: ntp ? [...ntp] : null, set: now },
  };
}

function setStep(reader: ControllerReader, { manage }: ClockPlace, skewSeconds: number): Step {
  if (!manage) throw lacks(reader, 'way to set its clock');
  const args = { ...stepPlace(reader), action: manage.target };
  return {
    id: 'set',
    title: `Set its clock, which is ${skewSeconds} s ahead`,
    kind: 'bmc.set-clock',
    args: { ...args, aheadSeconds: 0 },
    undo: [
      {
        title: `Set its clock ${skewSeconds} s ahead again`,
        kind: 'bmc.set-clock',
        args: { ...args, aheadSeconds: skewSeconds },
      },
    ],
  };
}

function ntpStep(
  reader: ControllerReader,
  { attributes }: ClockPlace,
  ntp: readonly string[],
): Step {
  const before = valuesOf(attributes);
  if (!attributes || before[enabled] === undefined) throw lacks(reader, 'NTP settings');
  const wanted: Record<string, string> = { [enabled]: 'Enabled' };
  for (const number of numbers) wanted[server(number)] = ntp[number - 1] ?? '';
  const own = Object.fromEntries(
    Object.keys(wanted).map((key) => [key, String(before[key] ?? '')]),
  );
  const { path } = attributes;
  const patch = { ...stepPlace(reader), method: 'PATCH' as const, path, idempotent: true };
  return {
    id: 'ntp',
    title: `Name ${ntp.join(', ')} as NTP servers and switch NTP on`,
    kind: 'redfish.call',
    args: { ...patch, body: { Attributes: wanted } },
    undo: [
      {
        title: 'Put the NTP settings back as they were',
        kind: 'redfish.call',
        args: { ...patch, body: { Attributes: own } },
      },
    ],
  };
}
