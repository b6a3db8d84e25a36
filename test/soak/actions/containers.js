import { snapshot, tag } from './vms.js';

const enough = 4;

export const containerActions = [
  [4, create],
  [
    2,
    (worker) =>
      worker.remove(worker.containers, (name) => ['ct', 'delete', name, '--stop', '--yes']),
  ],
  [1, (worker) => worker.power(worker.containers, 'ct', 'start', 'running')],
  [1, (worker) => worker.power(worker.containers, 'ct', 'stop', 'stopped')],
  [2, (worker) => snapshot(worker, worker.containers, 'ct')],
  [2, set],
  [1, (worker) => tag(worker, worker.containers, 'ct')],
];

async function create(worker) {
  if (worker.containers.size >= enough) return;
  const name = worker.newName('ct');
  const where = ['--node', 'pve1', '--storage', 'thin', '--rootfs', '1G'];
  const how = worker.roll.pick([[], ['--start']]);
  const args = ['ct', 'create', name, '--template', 'empty', ...where, ...how];
  await worker.create(worker.containers, name, args);
}

async function set(worker) {
  const row = await worker.own(worker.containers);
  if (!row) return;
  const cores = 1 + worker.roll.below(4);
  const memory = 256 * (1 + worker.roll.below(4));
  await worker.change(
    ['ct', 'set', String(row.vmid), '--cores', String(cores), '--memory', String(memory)],
    () => worker.config(row.path, 'cores', 'memory'),
    (now) => now[0] === cores && Number(now[1]) === memory,
  );
}
