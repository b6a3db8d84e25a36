import type { App } from '../../app.js';
import type { Identity } from '../../auth/acl.js';
import { checkRootOptions } from '../../qemu/config-permissions.js';
import * as ha from '../../ha/manager.js';
import * as power from '../../qemu/power.js';
import { currentStatus } from '../../qemu/status.js';
import { flag, onVm, optionalInteger, optionalText } from '../common.js';
import type { ParamTable, Route } from '../types.js';
import type { Params } from '../params.js';
import { vmGet, vmOf } from './common.js';

type Act = (app: App, who: Identity, node: string, vmid: number, params: Params) => string;

const skiplock = flag('Ignore locks - only root is allowed to use this option.');
const timeout = optionalInteger('Wait maximal timeout seconds.', { minimum: 0 });

function action(
  verb: string,
  name: string,
  description: string,
  params: ParamTable,
  rootOnly: readonly string[],
  act: Act,
): Route {
  return {
    method: 'POST',
    path: `/nodes/{node}/qemu/{vmid}/status/${verb}`,
    name,
    description,
    params: { ...onVm, ...params },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.PowerMgmt']] },
    protected: true,
    returns: 'string',
    handler: ({ app, user, params: given }) => {
      checkRootOptions(
        user,
        rootOnly.filter(
          (option) => given.flag(option) || (option !== 'skiplock' && given.has(option)),
        ),
      );
      return act(app, user, given.string('node'), given.number('vmid'), given);
    },
  };
}

export const powerRoutes: Route[] = [
  {
    ...vmGet('/status', 'vmcmdidx', 'Directory index', 'array', () =>
      ['current', 'start', 'stop', 'reset', 'shutdown', 'suspend', 'reboot'].map((subdir) => ({
        subdir,
      })),
    ),
    permissions: { user: 'all' },
  },
  vmGet(
    '/status/current',
    'vm_status',
    'Get virtual machine status.',
    'object',
    (call) => {
      const vm = vmOf(call);
      const managed = call.app.store.state.haResources[`vm:${vm.vmid}`] !== undefined;
      return currentStatus(vm, managed, call.app.engine.figures(vm));
    },
    { protected: true },
  ),
  action(
    'start',
    'vm_start',
    'Start virtual machine.',
    {
      'force-cpu': optionalText("Override QEMU's -cpu argument with the given string."),
      machine: optionalText('Specify the QEMU machine.'),
      migratedfrom: optionalText('The cluster node name.', { format: 'pve-node' }),
      skiplock,
      stateuri: optionalText('Some command save/restore state from this location.', {
        maxLength: 128,
      }),
      timeout,
    },
    ['skiplock', 'force-cpu', 'migratedfrom', 'stateuri'],
    (app, who, node, vmid) =>
      ha.isManaged(app, vmid)
        ? ha.request(app, who, { node, vmid }, 'started')
        : power.start(app, who, node, vmid),
  ),
  action(
    'stop',
    'vm_stop',
    'Stop virtual machine.',
    {
      keepActive: flag('Do not deactivate storage volumes.', 0),
      migratedfrom: optionalText('The cluster node name.', { format: 'pve-node' }),
      'overrule-shutdown': flag("Try to abort active 'qmshutdown' tasks before stopping.", 0),
      skiplock,
      timeout,
    },
    ['skiplock', 'keepActive', 'migratedfrom'],
    (app, who, node, vmid, params) => {
      if (ha.isManaged(app, vmid)) return ha.request(app, who, { node, vmid }, 'stopped');
      if (params.flag('overrule-shutdown')) abortShutdowns(app, who, node, vmid);
      return power.stop(app, who, node, vmid);
    },
  ),
  action(
    'shutdown',
    'vm_shutdown',
    'Shutdown virtual machine. This is similar to pressing the power button on a physical machine.',
    {
      forceStop: flag('Make sure the VM stops.', 0),
      keepActive: flag('Do not deactivate storage volumes.', 0),
      skiplock,
      timeout,
    },
    ['skiplock', 'keepActive'],
    (app, who, node, vmid, params) =>
      ha.isManaged(app, vmid)
        ? ha.request(app, who, { node, vmid }, 'stopped')
        : power.shutdown(app, who, node, vmid, {
            timeout: params.optionalNumber('timeout') ?? 180,
            forceStop: params.flag('forceStop'),
          }),
  ),
  action(
    'reboot',
    'vm_reboot',
    'Reboot the VM by shutting it down, and starting it again. Applies pending changes.',
    { timeout },
    [],
    (app, who, node, vmid, params) =>
      power.reboot(app, who, node, vmid, params.optionalNumber('timeout') ?? 180),
  ),
  action(
    'reset',
    'vm_reset',
    'Reset virtual machine.',
    { skiplock },
    ['skiplock'],
    (app, who, node, vmid) => power.reset(app, who, node, vmid),
  ),
  action(
    'suspend',
    'vm_suspend',
    'Suspend virtual machine.',
    {
      skiplock,
      statestorage: optionalText('The storage for the VM state', {
        format: 'pve-storage-id',
        requires: 'todisk',
      }),
      todisk: flag('If set, suspends the VM to disk.', 0),
    },
    ['skiplock'],
    (app, who, node, vmid, params) => {
      if (!params.flag('todisk')) return power.pause(app, who, node, vmid, true);
      app.acl.check(who, `/vms/${vmid}`, ['VM.Config.Disk']);
      return power.hibernate(app, who, node, vmid, params.optionalString('statestorage'));
    },
  ),
  action(
    'resume',
    'vm_resume',
    'Resume virtual machine.',
    { nocheck: flag('Do not check.'), skiplock },
    ['skiplock'],
    (app, who, node, vmid) => power.pause(app, who, node, vmid, false),
  ),
];

function abortShutdowns(app: App, who: Identity, node: string, vmid: number): void {
  for (const task of app.tasks.list()) {
    if (
      task.exitstatus !== undefined ||
      task.type !== 'qmshutdown' ||
      task.id !== String(vmid) ||
      task.node !== node
    )
      continue;
    if (task.user === who.id || app.acl.has(who, `/nodes/${node}`, ['Sys.Modify']))
      app.tasks.stop(task.upid);
  }
}
