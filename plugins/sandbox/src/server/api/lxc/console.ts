import { failure } from '../../errors.js';
import { flag, optionalInteger, optionalText } from '../common.js';
import type { ParamTable, Route } from '../types.js';
import { webSocketRoute } from '../vncwebsocket.js';
import { containerChange, containerOf, needs } from './common.js';

/** The first port that PVE gives to a console. */
const PORT = 5900;

/** As with VMs, there is no screen: it is as when nothing opens the port in time. */
function proxy(name: string, description: string, params: ParamTable): Route {
  return containerChange(
    'POST',
    `/${name}`,
    name,
    description,
    params,
    needs('VM.Console'),
    (call) => {
      containerOf(call);
      throw failure(`Timeout while waiting for port '${PORT}' to get ready!`);
    },
    'object',
  );
}

export const containerConsoleRoutes: Route[] = [
  proxy('vncproxy', 'Creates a TCP VNC proxy connections.', {
    height: optionalInteger('sets the height of the console in pixels.', {
      minimum: 16,
      maximum: 2160,
    }),
    websocket: flag('use websocket instead of standard VNC.'),
    width: optionalInteger('sets the width of the console in pixels.', {
      minimum: 16,
      maximum: 4096,
    }),
  }),
  containerChange(
    'POST',
    '/termproxy',
    'termproxy',
    'Creates a TCP proxy connection.',
    {},
    needs('VM.Console'),
    (call) => {
      const container = containerOf(call);
      // Observed.
      if (!container.guest) throw failure(`Timeout while waiting for port '${PORT}' to get ready!`);
      return call.app.consoles.open(container, call.user, undefined);
    },
    'object',
  ),
  webSocketRoute('lxc', containerOf),
  proxy('spiceproxy', 'Returns a SPICE configuration to connect to the CT.', {
    proxy: optionalText('SPICE proxy server.', { format: 'address' }),
  }),
];
