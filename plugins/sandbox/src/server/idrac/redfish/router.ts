import { basicCredentials, empty } from '../exchange.js';
import type { Call, Part, Reply } from '../exchange.js';
import type { Device } from '../device.js';
import { certificateEntries } from './certificates.js';
import { coreEntries } from './core.js';
import { denied, json, malformed, notAllowed, notFound } from './messages.js';
import { Refusal } from './resource.js';
import type { Body, Context, Method, Resource } from './resource.js';
import { serviceEntries } from './services.js';
import { sessionEntries, sessionResource } from './sessions.js';

const METHODS: readonly Method[] = ['GET', 'POST', 'PATCH', 'DELETE'];

/** Everything under `/redfish`; nothing where the generation has none. */
export function redfishPart(device: Device): Part {
  const { redfish } = device.profile;
  if (!redfish) return () => Promise.resolve(undefined);
  const context: Context = { device, redfish };
  const table = new Map<string, Resource>([
    ...coreEntries(context),
    ...sessionEntries(context),
    ...certificateEntries(context),
    ...serviceEntries(context),
  ]);
  const find = (path: string): Resource | undefined =>
    table.get(path) ?? sessionResource(context, path);
  return async (call) => {
    if (call.path !== '/redfish' && !call.path.startsWith('/redfish/')) return undefined;
    try {
      return await answer(context, find, call);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  };
}

async function answer(
  { device, redfish }: Context,
  find: (path: string) => Resource | undefined,
  call: Call,
): Promise<Reply> {
  const resource = find(call.path);
  const method = METHODS.find((known) => known === (call.method === 'HEAD' ? 'GET' : call.method));
  // Without a login a path that does not exist looks like one that does.
  if (!(method && resource?.open?.includes(method)) && !allowed(device, call))
    return denied(redfish);
  if (!resource) return notFound(redfish, call.path);
  const allow = METHODS.filter((known) => resource[known]).join(', ');
  if (method === 'GET' && resource.GET) {
    const found = expand(resource.GET(call), call, find);
    return json(200, select(found, call.query.get('$select')), { Allow: allow });
  }
  if (method === 'DELETE' && resource.DELETE) return resource.DELETE(call);
  const write = method === 'POST' || method === 'PATCH' ? resource[method] : undefined;
  if (!write) return notAllowed(redfish, allow);
  // Without the type an iDRAC8 answers 415 (public write-up of 2.86); its words are not known.
  if (call.body !== '' && !/^application\/json\b/i.test(call.headers['content-type'] ?? ''))
    return empty(415);
  const body = parse(call.body);
  return body ? write(body, call) : malformed(redfish);
}

/** A session's token, or Basic. Counts wrong passwords. */
function allowed(device: Device, call: Call): boolean {
  const token = call.headers['x-auth-token'];
  if (typeof token === 'string') return device.gate.find(token)?.via === 'Redfish';
  const given = basicCredentials(call.headers);
  return (
    given !== undefined && device.gate.check(given.user, given.password, call.address) === 'ok'
  );
}

function parse(text: string): Body | undefined {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Body)
      : undefined;
  } catch {
    return undefined;
  }
}

/** `$expand` one level deep, as ProtocolFeaturesSupported says: members and listed certificates. */
function expand(body: Body, call: Call, find: (path: string) => Resource | undefined): Body {
  if (!call.query.has('$expand')) return body;
  const open = (list: unknown): unknown =>
    Array.isArray(list)
      ? list.map((entry: Record<string, unknown>) => {
          const path = entry['@odata.id'];
          return (typeof path === 'string' && find(path)?.GET?.({ ...call, path })) || entry;
        })
      : list;
  const links = body['Links'] as Body | undefined;
  return {
    ...body,
    ...(body['Members'] ? { Members: open(body['Members']) } : {}),
    ...(links?.['Certificates']
      ? { Links: { ...links, Certificates: open(links['Certificates']) } }
      : {}),
  };
}

function select(body: Body, wanted: string | null): Body {
  if (wanted === null) return body;
  const names = wanted.split(',').map((name) => name.trim());
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => name.startsWith('@odata.') || names.includes(name)),
  );
}
