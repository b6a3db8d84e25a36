import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import * as containerPower from '../lxc/power.js';
import * as vmPower from '../qemu/power.js';
import { kindOf } from '../qemu/vms.js';

const lrm: Identity = { id: 'root@pam', userid: 'root@pam' };

export type Request = 'started' | 'stopped';

/** How HA calls a guest. */
export function sidOf(app: App, vmid: number): string {
  const guest = app.vms.find(vmid);
  return `${guest && kindOf(guest) === 'lxc' ? 'ct' : 'vm'}:${vmid}`;
}

/** Whether HA decides about this guest; `ignored` is as if it were not there. */
export function isManaged(app: App, vmid: number): boolean {
  const resource = app.store.state.haResources[sidOf(app, vmid)];
  return resource !== undefined && resource['state'] !== 'ignored';
}

/**
 * Start or stop of a managed guest: the task only tells the manager, and ends before the guest has
 * changed. Then a task of the node's own does the work.
 */
export function request(
  app: App,
  who: Identity,
  { node, vmid }: { node: string; vmid: number },
  state: Request,
): string {
  const sid = sidOf(app, vmid);
  const type = state === 'started' ? 'hastart' : 'hastop';
  return app.tasks.start({ node, type, id: vmid, user: who.id }, async (task) => {
    task.log(`Requesting HA ${state === 'started' ? 'start' : 'stop'} for VM ${vmid}`);
    const resource = app.store.state.haResources[sid];
    if (resource) resource['state'] = state;
    app.store.touch();
    settle(app, sid);
  });
}

/** The local resource manager: brings a guest into the state that is asked for. */
export function settle(app: App, sid: string): void {
  const state = String(app.store.state.haResources[sid]?.['state'] ?? 'started');
  const guest = app.vms.find(Number(sid.slice(3)));
  if (!guest || state === 'ignored') return;
  const { node, vmid } = guest;
  const container = kindOf(guest) === 'lxc';
  const wanted = state === 'started' || state === 'enabled';
  if (wanted === (guest.guest !== undefined)) return;
  if (wanted) (container ? containerPower : vmPower).start(app, lrm, node, vmid);
  else if (container) containerPower.stop(app, lrm, node, vmid, false);
  else vmPower.stop(app, lrm, node, vmid);
}
