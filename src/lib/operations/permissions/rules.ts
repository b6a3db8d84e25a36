import type { ApiCall } from './calls.js';
import { type GuestConfigs, textOf } from './guests.js';
import { all, any, type Need, nothing, on } from './need.js';
import { rootParameters } from './vm-options.js';
import { cloneNeeds, configNeeds, createNeeds, resizeNeeds } from './vm-rules.js';

type Rule = [
  methods: string,
  path: RegExp,
  need: (call: ApiCall, parts: string[], guests: GuestConfigs) => Need | Promise<Need>,
];

/** What a call needs beyond the API description: observed on PVE 9.2.11, in the order of its paths. */
const rules: readonly Rule[] = [
  ['POST', /^\/nodes\/[^/]+\/qemu$/, (call) => createNeeds(call)],
  [
    'PUT POST',
    /^\/nodes\/([^/]+)\/qemu\/([^/]+)\/config$/,
    (call, [node, vmid], guests) => configNeeds(call, node!, vmid!, guests),
  ],
  [
    'POST',
    /^\/nodes\/([^/]+)\/qemu\/([^/]+)\/clone$/,
    (call, [node, vmid], guests) => cloneNeeds(call, node!, vmid!, guests),
  ],
  [
    'PUT',
    /^\/nodes\/([^/]+)\/qemu\/([^/]+)\/resize$/,
    (call, [node, vmid], guests) => resizeNeeds(call, node!, vmid!, guests),
  ],
  [
    'POST',
    /^\/nodes\/[^/]+\/qemu\/[^/]+\/move_disk$/,
    ({ params }) =>
      params['storage'] === undefined
        ? nothing
        : on(`/storage/${String(params['storage'])}`, 'Datastore.AllocateSpace'),
  ],
  [
    'POST',
    /^\/nodes\/[^/]+\/qemu\/([^/]+)\/snapshot\/[^/]+\/rollback$/,
    ({ params }, [vmid]) =>
      Number(params['start'] ?? 0) === 1 ? on(`/vms/${vmid}`, 'VM.PowerMgmt') : nothing,
  ],
  [
    'DELETE',
    /^\/nodes\/[^/]+\/storage\/([^/]+)\/content\/(.+)$/,
    (_, [storage, volume]) => volumeRemovalNeed(storage!, decodeURIComponent(volume!)),
  ],
  [
    'DELETE',
    /^\/nodes\/[^/]+\/storage\/([^/]+)\/prunebackups$/,
    ({ params }, [storage]) => pruneNeed(storage!, textOf(params['vmid'])),
  ],
  ['PUT', /^\/pools(?:\/[^/]+)?$/, ({ params }) => membershipNeed(params)],
  ['POST', /^\/nodes\/[^/]+\/execute$/, () => ({ kind: 'root', what: 'POST /nodes/NODE/execute' })],
];

export async function undescribedNeed(call: ApiCall, guests: GuestConfigs): Promise<Need> {
  const needs: Need[] = rootParameters
    .filter((name) => isSet(call.params[name]))
    .map((name) => ({ kind: 'root', what: `the parameter ${name}` }));
  for (const [methods, path, need] of rules) {
    const match = path.exec(call.path);
    if (match && methods.split(' ').includes(call.method))
      needs.push(await need(call, match.slice(1), guests));
  }
  return all(...needs);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && String(value) !== '0';
}

function volumeRemovalNeed(storage: string, volid: string): Need {
  const path = `/storage/${storage}`;
  const owner = /[:/](?:vm|base)-(\d+)-/.exec(volid)?.[1];
  const whole = on(path, 'Datastore.Allocate');
  return owner === undefined
    ? whole
    : any(all(on(path, 'Datastore.AllocateSpace'), on(`/vms/${owner}`, 'VM.Config.Disk')), whole);
}

function pruneNeed(storage: string, vmid: string | undefined): Need {
  const path = `/storage/${storage}`;
  const whole = on(path, 'Datastore.Allocate');
  return vmid === undefined
    ? whole
    : any(all(on(path, 'Datastore.AllocateSpace'), on(`/vms/${vmid}`, 'VM.Backup')), whole);
}

function membershipNeed(params: ApiCall['params']): Need {
  const list = (name: string): string[] =>
    (textOf(params[name]) ?? '').split(/[\s,;]+/).filter((item) => item !== '');
  return all(
    ...list('vms').map((vmid) => on(`/vms/${vmid}`, 'Permissions.Modify', 'VM.Allocate')),
    ...list('storage').map((storage) => on(`/storage/${storage}`, 'Datastore.Allocate')),
  );
}
