import { USER } from '../gate.js';
import type { Session } from '../gate.js';
import { denied, json, sessionsFull, success } from './messages.js';
import { collection, described, link, textOf } from './resource.js';
import type { Body, Context, Entry, Resource } from './resource.js';

const SERVICE = '/redfish/v1/SessionService';
const MODERN = `${SERVICE}/Sessions`;

/** The session service and the collection, where this version of Redfish has it. */
export function sessionEntries(context: Context): Entry[] {
  const { device, redfish } = context;
  const { gate } = device;
  const service = (): Body =>
    described(SERVICE, '#SessionService.v1_1_3.SessionService', {
      Id: 'SessionService',
      Name: 'Session Service',
      ServiceEnabled: true,
      SessionTimeout: 1800,
      Sessions: link(redfish.sessions),
    });
  const sessions: Resource = {
    GET: () =>
      collection(
        redfish.sessions,
        'SessionCollection',
        'Session Collection',
        gate.list().map((session) => pathOf(context, session)),
      ),
    POST: (body, call) => {
      const user = textOf(redfish, body, 'UserName');
      const password = textOf(redfish, body, 'Password');
      if (gate.check(user, password, call.address) !== 'ok') return denied(redfish);
      const session = gate.open('Redfish', call.address, device.clock.now());
      if (!session) return sessionsFull(redfish);
      return json(201, show(context, session), {
        'X-Auth-Token': session.token,
        Location: pathOf(context, session),
      });
    },
    open: ['POST'],
  };
  return [
    [SERVICE, { GET: service }],
    [redfish.sessions, sessions],
    // Before Redfish 1.6 this address refuses (400 or 405 were seen); no login gets that far.
    ...(redfish.sessions === MODERN ? [] : ([[MODERN, { open: ['POST'] }]] satisfies Entry[])),
  ];
}

function pathOf({ redfish }: Context, session: Session): string {
  return `${redfish.sessions}/${session.id}`;
}

function show(context: Context, session: Session): Body {
  return described(pathOf(context, session), '#Session.v1_1_0.Session', {
    Id: String(session.id),
    Name: 'User Session',
    UserName: USER,
    ClientOriginIPAddress: session.address,
    CreatedTime: session.created.toISOString().replace(/\.\d+Z$/, '+00:00'),
    SessionType: session.via,
  });
}

/** One open session. */
export function sessionResource(context: Context, path: string): Resource | undefined {
  const { device, redfish } = context;
  const session = device.gate.list().find((candidate) => pathOf(context, candidate) === path);
  if (!session) return undefined;
  return {
    GET: () => show(context, session),
    DELETE: () => {
      device.gate.close(session);
      return success(redfish);
    },
  };
}
