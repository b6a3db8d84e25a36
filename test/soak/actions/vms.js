import { join } from 'node:path';

/** So many of a kind at a time. */
const enough = 6;

export const vmActions = [
  [6, create],
  [4, (worker) => worker.remove(worker.vms, (name) => ['vm', 'delete', name, '--stop', '--yes'])],
  [1, createTemplate],
  [1, (worker) => worker.remove(worker.templates, (name) => ['template', 'delete', name, '--yes'])],
  [2, (worker) => worker.power(worker.vms, 'vm', 'start', 'running')],
  [2, (worker) => worker.power(worker.vms, 'vm', 'stop', 'stopped')],
  [3, (worker) => snapshot(worker, worker.vms, 'vm')],
  [3, set],
  [2, (worker) => tag(worker, worker.vms, 'vm')],
  [2, disk],
  [2, clone],
  [2, migrate],
];

async function create(worker) {
  if (worker.vms.size >= enough) return;
  const name = worker.newName('vm');
  const how = worker.roll.pick([
    [],
    ['--full'],
    ['--linked'],
    ['--start'],
    ['--disk', '+64M'],
    ['--user-data', join(worker.home.path, 'web.yaml')],
  ]);
  await worker.create(worker.vms, name, ['vm', 'create', name, '--template', 'base', ...how]);
}

async function createTemplate(worker) {
  if (worker.templates.size >= enough) return;
  const name = worker.newName('template');
  const image = join(worker.home.path, 'base.qcow2');
  const args = ['template', 'create', '--name', name, '--image', image];
  await worker.create(worker.templates, name, args);
}

export async function snapshot(worker, known, noun) {
  const row = await worker.own(known);
  if (!row) return;
  const names = () => worker.snapshots(row.path);
  const old = (await names()).find((name) => name !== 'current');
  const name = `s${worker.made++}`;
  const target = String(row.vmid);
  if (old !== undefined && worker.roll.chance(0.5))
    await worker.change(
      [noun, 'snapshot', 'delete', target, old, '--yes'],
      names,
      (now) => !now.includes(old),
    );
  else
    await worker.change([noun, 'snapshot', 'create', target, '--name', name], names, (now) =>
      now.includes(name),
    );
}

async function set(worker) {
  const row = await worker.own();
  if (!row) return;
  const cores = 1 + worker.roll.below(4);
  const memory = 256 * (1 + worker.roll.below(4));
  await worker.change(
    ['vm', 'set', String(row.vmid), '--cores', String(cores), '--memory', String(memory)],
    () => worker.config(row.path, 'cores', 'memory'),
    (now) => now[0] === cores && Number(now[1]) === memory,
  );
}

export async function tag(worker, known, noun) {
  const row = await worker.own(known);
  if (!row) return;
  const name = worker.roll.pick(['red', 'green', 'blue']);
  const adds = worker.roll.chance(0.5);
  await worker.change(
    [noun, 'tag', String(row.vmid), adds ? '--add' : '--remove', name],
    () => worker.config(row.path, 'tags'),
    ([tags]) =>
      String(tags ?? '')
        .split(';')
        .includes(name) === adds,
  );
}

async function disk(worker) {
  const row = await worker.own();
  if (!row) return;
  const slot = `scsi${5 + worker.roll.below(3)}`;
  const read = async () => (await worker.config(row.path, slot)).map((value) => value !== null);
  const [there] = await read();
  const args = there
    ? ['disk', 'remove', String(row.vmid), slot, '--yes']
    : ['disk', 'add', String(row.vmid), '--size', '1G', '--slot', slot];
  await worker.change(['vm', ...args], read, ([now]) => now !== there);
}

async function clone(worker) {
  const row = await worker.own();
  if (!row || worker.vms.size >= enough) return;
  const name = worker.newName('clone');
  const read = async () => (await worker.guests(name)).length;
  const args = ['vm', 'clone', String(row.vmid), name, '--full'];
  await worker.change(args, read, (now) => now === 1);
  if ((await read()) > 0) worker.vms.add(name);
}

async function migrate(worker) {
  const row = await worker.own();
  if (!row) return;
  const to = row.node === 'pve1' ? 'pve2' : 'pve1';
  const how = row.status === 'running' ? ['--online'] : [];
  await worker.change(
    ['vm', 'migrate', String(row.vmid), '--to', to, '--with-local-disks', ...how],
    async () => (await worker.guests(row.name)).map(({ node }) => node),
    (now) => now.join() === to,
  );
}
