import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { App } from '../dist/server/app.js';
import { settingsOf } from '../dist/server/options.js';
import { prepareUpdate } from '../dist/server/qemu/update.js';
import { SECRET } from './helper.ts';

describe('a change of a VM’s configuration', () => {
  let app: App;
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'pmx-sandbox-update-'));
    app = await App.open(settingsOf({ dataDir, port: 0, nodes: 1, tokenSecret: SECRET }));
    newVm();
  });
  afterEach(async () => {
    await app.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  function newVm(): void {
    const vm = app.vms.add(100, 'pve1', 'create');
    app.vms.change(vm, () => delete vm.config['lock']);
  }
  const update = (
    settings: Record<string, string>,
    removed: string[] = [],
    revert: string[] = [],
  ) =>
    prepareUpdate(
      app,
      { id: 'root@pam', userid: 'root@pam' },
      {
        node: 'pve1',
        vmid: 100,
        settings,
        removed,
        revert,
        force: false,
        skiplock: false,
        digest: undefined,
      },
    );
  const files = (): Promise<string[]> => readdir(join(dataDir, 'storages/pve1/local/images/100'));

  it('goes to the VM that has the number when its turn comes', async () => {
    const waiting = update({ scsi1: 'local:1' });
    app.vms.remove(100);
    newVm();
    await waiting();
    expect(app.vms.get(100, 'pve1').config['scsi1']).to.match(/^local:100\/vm-100-disk-0/);
  });

  for (const [name, next] of [
    ['is replaced', () => update({ sata0: 'local:1' })],
    ['is deleted', () => update({}, ['sata0'])],
    ['is reverted', () => update({}, [], ['sata0'])],
  ] as const) {
    it(`keeps a volume as unused when the change that waits for it ${name}`, async () => {
      const vm = app.vms.get(100, 'pve1');
      app.vms.change(
        vm,
        () => (vm.guest = { startedAt: 0, pid: 1, paused: false, agentAt: 0, netin: 0, netout: 0 }),
      );
      await update({ sata0: 'local:1' })();
      expect(vm.pending['sata0']).to.include('vm-100-disk-0');
      await next()();
      expect(vm.config['unused0']).to.include('vm-100-disk-0');
      const named = JSON.stringify([vm.config, vm.pending]);
      for (const file of await files()) expect(named).to.include(file);
    });
  }
});
