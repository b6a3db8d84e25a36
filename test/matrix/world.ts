import { writeFileSync } from 'node:fs';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { Stage } from './stage.ts';

/**
 * What the rows speak of. Stopped: `web-01` (with a cloud-init ISO of its own), container `proxy`.
 * Running: `running`, container `cache`. Templates: `base`, and `lonely`, which nobody uses, and two
 * versions of `versioned`. The pool
 * `lab` is empty.
 */
export async function buildWorld(): Promise<Stage> {
  const stage = await Stage.create();
  try {
    await furnish(stage);
  } catch (error) {
    await stage.remove();
    throw error;
  }
  return stage;
}

async function furnish(stage: Stage): Promise<void> {
  const { bench } = stage;
  writeFileSync(stage.file('web.yaml'), '#cloud-config\n{}\n');
  await createEmptyQcow2(stage.file('image.qcow2'), 2 ** 20);
  const entry = "{ name: versioned, image: image.qcow2, version: '3', node: pve1, storage: local }";
  writeFileSync(stage.file('templates.yaml'), `templates: [${entry}]\n`);
  await stage.template('base');
  await stage.json(['vm', 'create', 'web-01', '--template', 'base', '--user-data', 'web.yaml']);
  await stage.json(['vm', 'create', 'running', '--template', 'base', '--start']);
  await stage.template('lonely');
  for (const version of ['1', '2'])
    await stage.json([
      ...['template', 'create', '--image', 'image.qcow2', '--name', 'versioned'],
      ...['--version', version, '--node', 'pve1'],
    ]);
  // Containers on a directory know no snapshots.
  await bench.post('/storage', {
    storage: 'thin',
    type: 'lvmthin',
    vgname: 'pve',
    thinpool: 'data',
  });
  await stage.container(190, 'proxy');
  await stage.container(191, 'cache');
  await bench.ok(bench.post('/nodes/pve1/lxc/191/status/start'));
  // Of two, so that the list without the one is not empty: that could be a want of rights.
  await bench.post('/pools', { poolid: 'other' });
  await bench.post('/pools', { poolid: 'lab', comment: 'Laboratory' });
  const nightly = { vmid: '190', schedule: '02:00', storage: 'local', enabled: 0 };
  await bench.post('/cluster/backup', { id: 'nightly', ...nightly });
  const document = (name: string, spec: string): string =>
    `apiVersion: pmx/v1\nkind: VirtualMachine\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
  writeFileSync(stage.file('apply.yaml'), document('web-01', '{cores: 3}'));
  writeFileSync(stage.file('delete.yaml'), document('web-01', '{}'));
  await bench.post('/access/groups', { groupid: 'ops' });
  await bench.post('/access/users', { userid: 'ann@pve', groups: 'ops' });
  await bench.post('/access/users/ann@pve/token/t1');
  await bench.post('/access/roles', { roleid: 'Watcher', privs: 'VM.Audit' });
  await bench.post('/access/roles', { roleid: 'Spare', privs: 'VM.Audit' });
  await bench.put('/access/acl', { path: '/vms', roles: 'Watcher', groups: 'ops' });
  await stage.rest();
  await stage.close();
}
