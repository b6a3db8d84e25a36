import type { App } from '../../app.js';
import { failure, forbidden, messageOf } from '../../errors.js';
import type { ConfigValue, Vm } from '../../state/model.js';
import type { Task } from '../../tasks/manager.js';
import { define, index } from '../declare.js';
import { Params } from '../params.js';
import { powerRoutes } from '../qemu/power.js';
import { clusterBulkTable } from '../tables/cluster-bulk.js';
import { nodeBulkTable } from '../tables/node-bulk.js';
import type { Call, Route } from '../types.js';

interface Bulk {
  /** The type of the task. */
  type: string;
  /** What is called for each VM: the last part of its path. */
  action: 'start' | 'shutdown' | 'suspend';
  settings: Readonly<Record<string, ConfigValue>>;
  says: (vm: Vm) => string;
  /** Which VMs are meant; those in `vms` if the call names any. */
  meant: (vm: Vm) => boolean;
  /** As they shut down: the last that would start goes first. */
  backwards?: boolean;
}

/** `order=2,up=30` → 2; VMs without an order come last. */
function orderOf(vm: Vm): number {
  const match = /(?:^|order=)(\d+)/.exec(String(vm.config['startup'] ?? ''));
  return match ? Number(match[1]) : Infinity;
}

/** The VMs that a call names: one list for a node, a repeated parameter for the cluster. */
function namedVms({ params }: Call): number[] {
  return [...params.array('vms'), ...params.list('vms')].map(Number);
}

function checkRights(call: Call): void {
  const { app, user } = call;
  if (app.acl.has(user, '/', ['VM.PowerMgmt'])) return;
  const named = namedVms(call);
  if (named.length === 0) throw forbidden('/, VM.PowerMgmt');
  for (const vmid of named) app.acl.check(user, `/vms/${vmid}`, ['VM.PowerMgmt']);
}

/** Waits for a task within another one; the inner one ends with the outer. */
async function waitFor(app: App, upid: string, task: Task): Promise<void> {
  const stop = (): void => app.tasks.stop(upid);
  task.signal.addEventListener('abort', stop, { once: true });
  try {
    while (!(await app.tasks.settled(upid, 60_000)));
  } finally {
    task.signal.removeEventListener('abort', stop);
  }
  if (task.signal.aborted) throw failure('interrupted by signal');
  const status = app.tasks.find(upid)?.exitstatus ?? 'OK';
  if (status !== 'OK') task.warn(`${upid}: ${status}`);
}

/** Does the same to many VMs, one after the other; one that fails does not keep the others from it. */
function runBulk(call: Call, node: string | undefined, bulk: Bulk): string {
  checkRights(call);
  const { app, user } = call;
  const named = namedVms(call);
  const { handler } = powerRoutes.find(({ path }) => path.endsWith(`/status/${bulk.action}`))!;
  const on = node ?? app.store.state.nodes[0]!;
  return app.tasks.start({ node: on, type: bulk.type, user: user.id }, async (task) => {
    const vms = (node === undefined ? app.vms.all() : app.vms.onNode(node))
      .filter((vm) => named.length === 0 || named.includes(vm.vmid))
      .filter((vm) => vm.config['template'] !== 1 && bulk.meant(vm))
      .sort((left, right) => orderOf(left) - orderOf(right) || left.vmid - right.vmid);
    if (bulk.backwards) vms.reverse();
    for (const vm of vms) {
      if (task.signal.aborted) throw failure('interrupted by signal');
      task.log(bulk.says(vm));
      const own = { node: vm.node, vmid: vm.vmid, ...bulk.settings };
      try {
        const upid = await handler({ ...call, params: new Params(new Map(Object.entries(own))) });
        await waitFor(app, String(upid), task);
      } catch (error) {
        if (task.signal.aborted) throw failure('interrupted by signal');
        task.warn(messageOf(error));
      }
    }
    await task.work();
  });
}

const stopped = (vm: Vm): boolean => vm.guest === undefined;
const running = (vm: Vm): boolean => vm.guest !== undefined;

function shutdownOf({ params }: Call, type: string): Bulk {
  const timeout = params.optionalNumber('timeout') ?? 180;
  return {
    type,
    action: 'shutdown',
    settings: {
      timeout,
      forceStop: params.has('force-stop') && !params.flag('force-stop') ? 0 : 1,
    },
    says: ({ vmid }) => `Stopping VM ${vmid} (timeout = ${timeout} seconds)`,
    meant: running,
    backwards: true,
  };
}

const starting = {
  action: 'start',
  settings: {},
  says: (vm: Vm) => `Starting VM ${vm.vmid}`,
} as const;

export const bulkRoutes: Route[] = [
  ...define(nodeBulkTable, {
    'POST /nodes/{node}/startall': [
      'Start all VMs and containers located on this node (by default only those with onboot=1).',
      (call) =>
        runBulk(call, call.params.string('node'), {
          ...starting,
          type: 'startall',
          meant: (vm) => stopped(vm) && (call.params.flag('force') || vm.config['onboot'] === 1),
        }),
    ],
    'POST /nodes/{node}/stopall': [
      'Stop all VMs and Containers.',
      (call) => runBulk(call, call.params.string('node'), shutdownOf(call, 'stopall')),
    ],
  }),
  ...define(clusterBulkTable, {
    'GET /cluster/bulk-action': index('name', 'guest'),
    'GET /cluster/bulk-action/guest': index('name', 'start shutdown migrate suspend'),
    'POST /cluster/bulk-action/guest/start': [
      'Bulk start or resume all guests on the cluster.',
      (call) => runBulk(call, undefined, { ...starting, type: 'bulkstart', meant: stopped }),
    ],
    'POST /cluster/bulk-action/guest/shutdown': [
      'Bulk shutdown all guests on the cluster.',
      (call) => runBulk(call, undefined, shutdownOf(call, 'bulkshutdown')),
    ],
    'POST /cluster/bulk-action/guest/suspend': [
      'Bulk suspend all guests on the cluster.',
      (call) =>
        runBulk(call, undefined, {
          type: 'bulksuspend',
          action: 'suspend',
          settings: call.params.flag('to-disk') ? { todisk: 1 } : {},
          says: ({ vmid }) => `Suspending VM ${vmid}`,
          meant: running,
        }),
    ],
  }),
];
