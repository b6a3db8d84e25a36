import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const clusterActions = [
  [2, poolMember],
  [1, pool],
  [2, backup],
  [2, apply],
  [2, list],
];

/** All workers use this one: only its members are one's own. */
async function poolMember(worker) {
  const row = await worker.own(worker.roll.pick([worker.vms, worker.containers]));
  if (!row) return;
  const read = async () => {
    const [{ members }] = await worker.home.read('/pools?poolid=shared');
    return members.some(({ vmid }) => vmid === row.vmid);
  };
  const there = await read();
  await worker.change(
    ['pool', there ? 'remove' : 'add', 'shared', String(row.vmid)],
    read,
    (now) => now !== there,
  );
}

async function pool(worker) {
  const name = `pool-${worker.number}`;
  const read = async () => (await worker.home.read('/pools')).some(({ poolid }) => poolid === name);
  const there = await read();
  const args = there ? ['delete', name, '--yes'] : ['create', name];
  await worker.change(['pool', ...args], read, (now) => now !== there);
}

async function backup(worker) {
  const row = await worker.own(worker.roll.pick([worker.vms, worker.containers]));
  if (!row) return;
  const read = async () => {
    const path = `/nodes/${row.node}/storage/local/content?content=backup&vmid=${row.vmid}`;
    return (await worker.home.read(path)).map(({ volid }) => volid).sort();
  };
  const old = await read();
  // A VMID may be somebody else's later: of one worker's backups only those of now are its own.
  if (old.length > 1)
    await worker.change(
      ['backup', 'delete', old[0], '--yes'],
      read,
      (now) => !now.includes(old[0]),
    );
  else
    await worker.change(
      ['backup', 'create', String(row.vmid), '--storage', 'local'],
      read,
      (now) => now.length === old.length + 1,
    );
}

async function apply(worker) {
  const row = await worker.own();
  if (!row) return;
  const cores = 1 + worker.roll.below(4);
  const file = join(worker.home.path, `apply-${worker.number}.yaml`);
  const head = `apiVersion: pmx/v1\nkind: VirtualMachine\nmetadata: {name: ${row.name}}\n`;
  writeFileSync(file, `${head}spec: {cores: ${cores}}\n`);
  await worker.change(
    ['apply', '-f', file, '--yes'],
    () => worker.config(row.path, 'cores'),
    (now) => now[0] === cores,
  );
}

async function list(worker) {
  await worker.pmx(
    ...worker.roll.pick([
      ['vm', 'list'],
      ['ct', 'list'],
      ['template', 'list'],
      ['node', 'list'],
      ['storage', 'list'],
      ['task', 'list'],
      ['pool', 'list'],
      ['backup', 'list'],
      ['storage', 'content', 'local', '--node', 'pve1'],
    ]),
  );
}
