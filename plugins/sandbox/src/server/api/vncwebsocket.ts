import { unauthorized } from '../auth/authenticate.js';
import type { Vm } from '../state/model.js';
import { onVm, text } from './common.js';
import type { Call, Route } from './types.js';

/** Says which port a WebSocket is to be connected to; asked for without an upgrade it does no more than that. */
export function webSocketRoute(kind: 'qemu' | 'lxc', guestOf: (call: Call) => Vm): Route {
  return {
    method: 'GET',
    path: `/nodes/{node}/${kind}/{vmid}/vncwebsocket`,
    name: 'vncwebsocket',
    description: 'Opens a weksocket for VNC traffic.',
    params: {
      ...onVm,
      port: {
        type: 'integer',
        minimum: 5900,
        maximum: 5999,
        description: 'Port number returned by previous vncproxy call.',
      },
      vncticket: text('Ticket from previous call to vncproxy.', { maxLength: 512 }),
    },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Console']] },
    returns: 'object',
    handler: (call) => {
      const { vmid } = guestOf(call);
      const { app, user, params } = call;
      if (!app.tickets.consoleMatches(params.string('vncticket'), user.id, `/vms/${vmid}`))
        throw unauthorized('permission denied - invalid PVEVNC ticket');
      return { port: String(params.number('port')) };
    },
  };
}
