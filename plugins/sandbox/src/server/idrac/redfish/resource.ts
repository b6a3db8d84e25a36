import type { Call, Reply } from '../exchange.js';
import type { Device } from '../device.js';
import type { RedfishProfile } from '../generations.js';
import { propertyMissing, wrongType } from './messages.js';

export interface Context {
  device: Device;
  redfish: RedfishProfile;
}

export type Body = Record<string, unknown>;
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One address of the API. */
export interface Resource {
  GET?(call: Call): Body;
  POST?(body: Body, call: Call): Promise<Reply> | Reply;
  PATCH?(body: Body, call: Call): Promise<Reply> | Reply;
  DELETE?(call: Call): Reply;
  /** Methods that ask for no login. */
  open?: readonly Method[];
}

export type Entry = [path: string, resource: Resource];

export const link = (path: string): { '@odata.id': string } => ({ '@odata.id': path });

/** The head that all resources have. `type` is `#Schema.vX.Schema`. */
export function described(path: string, type: string, more: Body): Body {
  const schema = type.slice(1).split('.')[0] ?? '';
  return {
    '@odata.context': `/redfish/v1/$metadata#${schema}.${schema}`,
    '@odata.id': path,
    '@odata.type': type,
    ...more,
  };
}

export function collection(path: string, schema: string, name: string, paths: string[]): Body {
  return described(path, `#${schema}.${schema}`, {
    Members: paths.map(link),
    'Members@odata.count': paths.length,
    Name: name,
  });
}

/** A refusal on its way out of a handler. */
export class Refusal extends Error {
  readonly answer: Reply;

  constructor(answer: Reply) {
    super('refused');
    this.answer = answer;
  }
}

/** A text of the body; refuses the request when it is missing or no text. */
export function textOf(redfish: RedfishProfile, body: Body, name: string): string {
  const value = body[name];
  if (value === undefined) throw new Refusal(propertyMissing(redfish, name));
  if (typeof value !== 'string') throw new Refusal(wrongType(redfish, name, value));
  return value;
}

/** As `textOf`, for what may be left out. */
export function optionalText(redfish: RedfishProfile, body: Body, name: string): string {
  return body[name] === undefined ? '' : textOf(redfish, body, name);
}
