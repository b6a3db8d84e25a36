import type { ControllerAnswer, ControllerReader, ControllerStepPlace } from '@pmx-cli/kit';
import { ProxmoxError } from '@pmx-cli/kit/errors';

import { nameOf } from '../../bmc/index.js';

export const objectIn = (value: unknown): ControllerAnswer =>
  typeof value === 'object' && value !== null ? (value as ControllerAnswer) : {};

/** The one place that a link leads to, whatever firmware wraps around it. */
export function linkIn(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const id = objectIn(first)['@odata.id'];
  return typeof id === 'string' ? id : undefined;
}

export interface Action {
  target: string;
  /** Values that a parameter may have, as the controller says. */
  allowed(parameter: string): string[];
}

/** An action of a resource: `#ComputerSystem.Reset`. */
export function actionOf(resource: ControllerAnswer, name: string): Action | undefined {
  const action = objectIn(objectIn(resource['Actions'])[name]);
  const { target } = action;
  if (typeof target !== 'string') return undefined;
  return {
    target,
    allowed: (parameter) => {
      const values = action[`${parameter}@Redfish.AllowableValues`];
      return Array.isArray(values) ? values.map(String) : [];
    },
  };
}

async function firstMember(reader: ControllerReader, collection: string): Promise<string> {
  const member = linkIn((await reader.get(collection))['Members']);
  if (member !== undefined) return member;
  throw lacks(reader, collection);
}

export interface Resource {
  path: string;
  body: ControllerAnswer;
}

async function resourceOf(reader: ControllerReader, collection: string): Promise<Resource> {
  const path = await firstMember(reader, collection);
  return { path, body: await reader.get(path) };
}

export const systemOf = (reader: ControllerReader): Promise<Resource> =>
  resourceOf(reader, '/redfish/v1/Systems');

export const managerOf = (reader: ControllerReader): Promise<Resource> =>
  resourceOf(reader, '/redfish/v1/Managers');

/** Dell's own services are found by links of the manager: their addresses changed with the firmware. */
export async function dellService(
  reader: ControllerReader,
  manager: Resource,
  name: 'DelliDRACCardService' | 'DellTimeService' | 'DellAttributes',
): Promise<Resource | undefined> {
  const links = objectIn(objectIn(objectIn(manager.body['Links'])['Oem'])['Dell']);
  const path = linkIn(links[name]);
  return path === undefined ? undefined : { path, body: await reader.get(path) };
}

export function lacks(reader: { host: string; port: number }, what: string): ProxmoxError {
  return new ProxmoxError({
    code: 'PMX_BMC_CANNOT',
    message: `${nameOf(reader)} offers no ${what}.`,
    hints: ['Its firmware may be too old for it, or the user has too few rights.'],
  });
}

/** What steps need to find it again. */
export function stepPlace(reader: ControllerReader): ControllerStepPlace {
  const { host, port, user, fingerprint, legacyTls } = reader;
  return { host, port, user, fingerprint, ...(legacyTls && { legacyTls }) };
}
