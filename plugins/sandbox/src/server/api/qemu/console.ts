import { failure } from '../../errors.js';
import type { Vm } from '../../state/model.js';
import { flag, onVm, optionalText, text } from '../common.js';
import type { Call, ParamTable, Route } from '../types.js';
import { webSocketRoute } from '../vncwebsocket.js';
import { vmOf } from './common.js';

/** The first port that PVE gives to a console. */
const PORT = 5900;

/** The monitor knows what state the machine is in, and little else. */
function monitor(vm: Vm, command: string): string {
  if (!vm.guest) throw failure(`VM ${vm.vmid} not running`);
  if (command === 'info status') return `VM status: ${vm.guest.paused ? 'paused' : 'running'}\r\n`;
  if (command === 'info name') return `${String(vm.config['name'] ?? '')}\r\n`;
  return `unknown command: '${command.split(' ')[0]!}'\r\n`;
}

/** What the SPICE client is to be told; nobody listens at that port. */
function spice({ app, params, ...call }: Call): Record<string, unknown> {
  const vm = vmOf({ app, params, ...call });
  if (!vm.guest) throw failure(`VM ${vm.vmid} not running`);
  if (!/(?:^|,)(?:type=)?qxl\d?(?:,|$)/.test(String(vm.config['vga'] ?? '')))
    throw failure('no spice port');
  const proxy = params.optionalString('proxy') ?? vm.node;
  return {
    type: 'spice',
    title: `VM ${vm.vmid} - ${String(vm.config['name'] ?? `VM${vm.vmid}`)}`,
    host: `pvespiceproxy:${app.random.bytes('spice', 8).toString('hex')}:${vm.vmid}:${vm.node}::61000`,
    proxy: `http://${proxy}:3128`,
    'tls-port': 61000,
    'host-subject': `OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=${vm.node}`,
    ca: '-----BEGIN CERTIFICATE-----\n(none: nobody listens)\n-----END CERTIFICATE-----\n',
    password: app.random.bytes('spice', 20).toString('hex'),
    'delete-this-file': 1,
    'secure-attention': 'Ctrl+Alt+Ins',
    'toggle-fullscreen': 'Shift+F11',
    'release-cursor': 'Ctrl+Alt+R',
  };
}

/** A sandbox's guests have no screen: it is as when QEMU does not open the port in time. */
function proxy(name: 'vncproxy', params: ParamTable): Route {
  return {
    method: 'POST',
    path: `/nodes/{node}/qemu/{vmid}/${name}`,
    name,
    description: 'Creates a TCP VNC proxy connections.',
    params: { ...onVm, ...params },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Console']] },
    protected: true,
    returns: 'object',
    handler: (call) => {
      vmOf(call);
      throw failure(`Timeout while waiting for port '${PORT}' to get ready!`);
    },
  };
}

export const consoleRoutes: Route[] = [
  {
    method: 'POST',
    path: '/nodes/{node}/qemu/{vmid}/monitor',
    name: 'monitor',
    description: 'Execute QEMU monitor commands.',
    params: { ...onVm, command: text('The monitor command.') },
    permissions: { check: ['perm', '/vms/{vmid}', ['Sys.Audit', 'Sys.Modify'], 'any', 1] },
    protected: true,
    returns: 'string',
    handler: (call) => monitor(vmOf(call), call.params.string('command').trim()),
  },
  proxy('vncproxy', {
    'generate-password': flag('Generates a random password to be used as ticket.', 0),
    websocket: flag('Prepare for websocket upgrade.'),
  }),
  {
    method: 'POST',
    path: '/nodes/{node}/qemu/{vmid}/termproxy',
    name: 'termproxy',
    description: 'Creates a TCP proxy connections.',
    params: {
      ...onVm,
      serial: {
        ...text('opens a serial terminal', { enum: ['serial0', 'serial1', 'serial2', 'serial3'] }),
        optional: 1,
      },
    },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Console']] },
    protected: true,
    returns: 'object',
    handler: (call) =>
      call.app.consoles.open(vmOf(call), call.user, call.params.optionalString('serial')),
  },
  {
    method: 'POST',
    path: '/nodes/{node}/qemu/{vmid}/spiceproxy',
    name: 'spiceproxy',
    description: 'Returns a SPICE configuration to connect to the VM.',
    params: { ...onVm, proxy: optionalText('SPICE proxy server.', { format: 'address' }) },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Console']] },
    protected: true,
    returns: 'object',
    handler: spice,
  },
  webSocketRoute('qemu', vmOf),
];
