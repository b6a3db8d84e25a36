import type { App } from '../../app.js';
import type { Identity } from '../../auth/acl.js';
import { messageOf } from '../../errors.js';
import { haltContainer, start as startContainer } from '../../lxc/power.js';
import { halt, start as startVm } from '../../qemu/power.js';
import { bootDuration } from '../../tasks/durations.js';
import { onNode, text } from '../common.js';
import type { Call, Route } from '../types.js';
import { nodeSettings } from './settings.js';

/** True while a node that was told so is off, or has not come up again. */
export function isOff(app: App, node: string): boolean {
  const power = app.store.state.nodeSettings?.[node]?.power;
  return power !== undefined && (power.off === true || (power.backAt ?? 0) > Date.now());
}

/** Its guests go down with it. */
async function goDown(app: App, node: string): Promise<void> {
  for (const vm of app.vms.onNode(node)) {
    if (vm.kind === 'lxc') await haltContainer(app, vm);
    else if (vm.guest) await halt(app, vm);
  }
}

/** The node is up; guests with `onboot` start, each in a task of its own. */
function comeUp(app: App, who: Identity, node: string): void {
  nodeSettings(app, node).power = { bootedAt: Math.floor(Date.now() / 1000) };
  app.store.touch();
  for (const vm of app.vms.onNode(node)) {
    if (Number(vm.config['onboot'] ?? 0) !== 1 || vm.guest) continue;
    try {
      (vm.kind === 'lxc' ? startContainer : startVm)(app, who, node, vm.vmid);
    } catch (error) {
      app.report(`start of ${vm.vmid} at the boot of ${node}: ${messageOf(error)}`);
    }
  }
}

async function power({ app, user, params }: Call): Promise<null> {
  const node = params.string('node');
  const reboots = params.string('command') === 'reboot';
  const millis = bootDuration(app.settings.speed);
  await goDown(app, node);
  nodeSettings(app, node).power = reboots ? { backAt: Date.now() + millis } : { off: true };
  app.store.touch();
  if (reboots) setTimeout(() => comeUp(app, user, node), millis).unref();
  return null;
}

/** A magic packet reaches a node that is off. */
export function wakeUp(app: App, who: Identity, node: string): void {
  if (nodeSettings(app, node).power?.off === true) comeUp(app, who, node);
}

export const powerRoutes: Route[] = [
  {
    method: 'POST',
    path: '/nodes/{node}/status',
    name: 'node_cmd',
    description: 'Reboot or shutdown a node.',
    params: {
      ...onNode,
      command: text('Specify the command.', { enum: ['reboot', 'shutdown'] }),
    },
    permissions: { check: ['perm', '/nodes/{node}', ['Sys.PowerMgmt']] },
    protected: true,
    returns: 'null',
    handler: power,
  },
];
