import { containerStatus, interfaces } from '../../lxc/status.js';
import * as ha from '../../ha/manager.js';
import * as power from '../../lxc/power.js';
import { checkRootOptions } from '../../qemu/config-permissions.js';
import { flag, optionalInteger } from '../common.js';
import type { Call, ParamTable, Route } from '../types.js';
import { containerChange, containerGet, containerOf, needs } from './common.js';

const skiplock = flag('Ignore locks - only root is allowed to use this option.');

function action(
  verb: string,
  description: string,
  params: ParamTable,
  act: (call: Call, node: string, vmid: number) => string,
): Route {
  return containerChange(
    'POST',
    `/status/${verb}`,
    `vm_${verb}`,
    description,
    params,
    needs('VM.PowerMgmt'),
    (call) => {
      if (call.params.flag('skiplock')) checkRootOptions(call.user, ['skiplock']);
      return act(call, call.params.string('node'), call.params.number('vmid'));
    },
  );
}

/** Ends the shutdowns of this container that still wait. */
function abortShutdowns({ app, user }: Call, node: string, vmid: number): void {
  for (const task of app.tasks.list()) {
    if (task.exitstatus !== undefined || task.type !== 'vzshutdown') continue;
    if (task.id !== String(vmid) || task.node !== node) continue;
    if (task.user === user.id || app.acl.has(user, `/nodes/${node}`, ['Sys.Modify']))
      app.tasks.stop(task.upid);
  }
}

export const containerPowerRoutes: Route[] = [
  containerGet(
    '/status',
    'vmcmdidx',
    'Directory index',
    'array',
    () =>
      ['current', 'start', 'stop', 'shutdown', 'suspend', 'reboot'].map((subdir) => ({ subdir })),
    { permissions: { user: 'all' } },
  ),
  containerGet(
    '/status/current',
    'vm_status',
    'Get virtual machine status.',
    'object',
    (call) => {
      const container = containerOf(call);
      const managed = call.app.store.state.haResources[`ct:${container.vmid}`] !== undefined;
      return containerStatus(container, managed);
    },
    { protected: true },
  ),
  containerGet(
    '/interfaces',
    'ip',
    'Get IP addresses of the specified container interface.',
    'array',
    (call) => interfaces(containerOf(call)),
    { protected: true },
  ),
  action(
    'start',
    'Start the container.',
    { debug: flag('If set, enables very verbose debug log-level on start.', 0), skiplock },
    ({ app, user }, node, vmid) =>
      ha.isManaged(app, vmid)
        ? ha.request(app, user, { node, vmid }, 'started')
        : power.start(app, user, node, vmid),
  ),
  action(
    'stop',
    'Stop the container. This will abruptly stop all processes running in the container.',
    {
      'overrule-shutdown': flag("Try to abort active 'vzshutdown' tasks before stopping.", 0),
      skiplock,
    },
    (call, node, vmid) => {
      if (ha.isManaged(call.app, vmid))
        return ha.request(call.app, call.user, { node, vmid }, 'stopped');
      if (call.params.flag('overrule-shutdown')) abortShutdowns(call, node, vmid);
      return power.stop(call.app, call.user, node, vmid, call.params.flag('skiplock'));
    },
  ),
  action(
    'shutdown',
    'Shutdown the container. This will trigger a clean shutdown of the container.',
    {
      forceStop: flag('Make sure the Container stops.', 0),
      timeout: optionalInteger('Wait maximal timeout seconds.', { minimum: 0, default: 60 }),
    },
    ({ app, user, params }, node, vmid) =>
      ha.isManaged(app, vmid)
        ? ha.request(app, user, { node, vmid }, 'stopped')
        : power.shutdown(app, user, node, vmid, params.flag('forceStop')),
  ),
  action(
    'reboot',
    'Reboot the container by shutting it down, and starting it again. Applies pending changes.',
    { timeout: optionalInteger('Wait maximal timeout seconds for the shutdown.', { minimum: 0 }) },
    ({ app, user }, node, vmid) => power.reboot(app, user, node, vmid),
  ),
  action(
    'suspend',
    'Suspend the container. This is experimental.',
    {},
    ({ app, user }, node, vmid) => power.freeze(app, user, node, vmid, true),
  ),
  action('resume', 'Resume the container.', {}, ({ app, user }, node, vmid) =>
    power.freeze(app, user, node, vmid, false),
  ),
];
