import { type ConfigValue, ref } from '@pmx-cli/kit';
import { expect } from 'chai';

import {
  pveConfigure,
  pveRestoreConfig,
} from '#dist/lib/operations/engine/handlers/pve-configure.js';
import { apiError, FakePve, type FakeGuest } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const path = '/nodes/pve1/qemu/101';
const wanted = {
  path,
  set: { memory: 4096, name: 'web-01' },
  remove: ['balloon'],
  before: { memory: '2048', name: 'vm-101', balloon: 512 },
};
const reached = { memory: 4096, name: 'web-01', balloon: null };

function server(config: FakeGuest['config'] = {}): FakePve {
  const pve = new FakePve();
  pve.guest(101, {
    name: 'vm-101',
    memory: '2048',
    balloon: 512,
    cores: 1,
    digest: 'd1',
    ...config,
  });
  return pve;
}

const configOf = (pve: FakePve) => pve.state.guests.get(101)!.config;

describe('changing options of a guest', () => {
  it('sends what is wanted with the digest, and tells how it is then', async () => {
    const pve = server();
    expect(await pveConfigure.run(wanted, contextFor(pve))).to.deep.equal({
      after: reached,
      pending: [],
    });
    expect(pve.writes).to.deep.equal([
      {
        method: 'PUT',
        path: `${path}/config`,
        params: { memory: 4096, name: 'web-01', delete: 'balloon', digest: 'd1' },
      },
    ]);
  });

  it('names what waits for a restart', async () => {
    const pve = server();
    pve.answers.set(`${path}/pending`, [
      { key: 'memory', value: '2048', pending: '4096' },
      { key: 'balloon', value: 512, delete: 1 },
      { key: 'cores', value: 1, pending: 4 },
      { key: 'name', value: 'web-01' },
    ]);
    expect((await pveConfigure.run(wanted, contextFor(pve)))['pending']).to.deep.equal([
      'balloon',
      'memory',
    ]);
  });

  it('reads a stale configuration again as long as these options stayed', async () => {
    const pve = server();
    pve.on({
      path: /config$/,
      act: () => Object.assign(configOf(pve), { cores: 8, digest: 'd2' }),
    });
    await pveConfigure.run(wanted, contextFor(pve));
    expect(pve.writes.map(({ params }) => params['digest'])).to.deep.equal(['d1', 'd2']);
    expect(configOf(pve)).to.include({ memory: 4096, cores: 8 });
  });

  it('gives up when the server goes on refusing', async () => {
    const pve = server();
    const error = apiError('checksum mismatch (file change by other user?)');
    pve.on({ path: /config$/, error, times: 99 });
    expect(await failure(() => pveConfigure.run(wanted, contextFor(pve)))).to.include({
      code: 'PMX_API_ERROR',
    });
    expect(pve.writes).to.have.length(10);
    expect(configOf(pve)).to.include({ memory: '2048' });
  });

  it('overwrites nothing that somebody else has changed', async () => {
    const pve = server({ memory: '8192' });
    const error = await failure(() => pveConfigure.run(wanted, contextFor(pve)));
    expect(error).to.include({ code: 'PMX_OPTIONS_CHANGED', exitCode: 3 });
    expect(error.message).to.include('memory was 2048 and is 8192');
    expect(pve.writes).to.deep.equal([]);
  });

  it('has nothing to do where somebody else has done the same', async () => {
    const pve = server({ memory: '4096', name: 'web-01' });
    delete configOf(pve)['balloon'];
    await pveConfigure.run(wanted, contextFor(pve));
    expect(pve.writes).to.deep.equal([]);
  });

  for (const [lose, writes] of [
    ['after', 1],
    ['before', 2],
  ] as const) {
    it(`an answer that got lost ${lose} the effect: ${writes} write(s), one effect`, async () => {
      const pve = server().on({ path: /config$/, lose });
      await pveConfigure.run(wanted, contextFor(pve));
      expect(pve.writes).to.have.length(writes);
      expect(configOf(pve)).to.include({ memory: 4096, name: 'web-01', digest: "d1'" });
    });
  }

  it('recover: done when all is as wanted, else not', async () => {
    const pve = server();
    expect(await pveConfigure.recover(wanted, contextFor(pve))).to.equal(undefined);
    await pveConfigure.run(wanted, contextFor(pve));
    expect(await pveConfigure.recover(wanted, contextFor(pve))).to.have.deep.property(
      'after',
      reached,
    );
  });

  it('recover: a tag that was to go and is there is not done', async () => {
    const args = { path, set: { tags: 'blue' }, before: { tags: 'blue;green' } };
    const still = contextFor(server({ tags: 'blue;green' }));
    expect(await pveConfigure.recover(args, still)).to.equal(undefined);
    const gone = contextFor(server({ tags: 'blue' }));
    expect(await pveConfigure.recover(args, gone)).to.not.equal(undefined);
  });

  it('recover: a new disk was made, whatever its volume is called by now', async () => {
    const args = { path, set: { scsi1: 'local:4,ssd=1' }, before: { scsi1: null }, inTask: true };
    for (const [scsi1, done] of [
      ['local:101/vm-101-disk-1.raw,size=4G,ssd=1', true],
      ['local:101/vm-101-disk-1.raw,size=4G', false],
      ['other:vm-101-disk-1,size=4G,ssd=1', false],
    ] as const) {
      const pve = server({ scsi1 });
      expect((await pveConfigure.recover(args, contextFor(pve))) !== undefined).to.equal(done);
    }
  });

  it('a new disk goes through a task', async () => {
    const pve = server();
    const args = { path, set: { scsi1: 'local:4' }, before: { scsi1: null }, inTask: true };
    await pveConfigure.run(args, contextFor(pve));
    expect(pve.writes[0]).to.deep.include({ method: 'POST', path: `${path}/config` });
  });
});

describe('restoring options of a guest', () => {
  const undo = (after: { [option: string]: ConfigValue } | null) => ({ ...wanted, after });

  it('brings back what the step changed', async () => {
    const pve = server();
    await pveConfigure.run(wanted, contextFor(pve));
    await pveRestoreConfig.run(undo(reached), contextFor(pve));
    expect(configOf(pve)).to.include({ memory: '2048', name: 'vm-101', balloon: 512 });
  });

  it('leaves what somebody else has changed since', async () => {
    const pve = server();
    await pveConfigure.run(wanted, contextFor(pve));
    configOf(pve)['memory'] = '16384';
    await pveRestoreConfig.run(undo(reached), contextFor(pve));
    expect(configOf(pve)).to.include({ memory: '16384', name: 'vm-101' });
  });

  for (const [unseenEnd, restored] of [
    [true, ['memory', 'name', 'balloon']],
    [false, []],
  ] as const) {
    it(`nobody knows how it was afterwards, ${unseenEnd ? 'it may have happened' : 'it was refused'}`, async () => {
      const pve = server();
      await pveConfigure.run(wanted, contextFor(pve));
      const context = { ...contextFor(pve), unseenEnd };
      expect(await pveRestoreConfig.run(undo(null), context)).to.deep.equal({ restored });
    });
  }

  it('does nothing where nothing was changed', async () => {
    const pve = server();
    await pveRestoreConfig.run(undo(null), { ...contextFor(pve), unseenEnd: true });
    expect(pve.writes).to.deep.equal([]);
  });

  it('deletes the volume of a disk that the step made', async () => {
    const pve = server({ scsi1: 'local:101/vm-101-disk-1.raw,size=4G' });
    const args = {
      path,
      set: { scsi1: 'local:4' },
      before: { scsi1: null },
      after: { scsi1: 'local:101/vm-101-disk-1.raw,size=4G' },
      discard: ['scsi1'],
    };
    await pveRestoreConfig.run(args, contextFor(pve));
    expect(configOf(pve)).not.to.have.any.keys('scsi1', 'unused0');
  });

  const detached = { unused0: 'local:101/vm-101-disk-1.raw' };
  const newDisk = {
    path,
    set: { scsi1: 'local:4' },
    before: { scsi1: null },
    discard: ['scsi1'],
  };

  it('deletes the volume that an undo which was cut off has only detached', async () => {
    const pve = server(detached);
    const after = { scsi1: 'local:101/vm-101-disk-1.raw,size=4G' };
    await pveRestoreConfig.run({ ...newDisk, after }, contextFor(pve));
    expect(configOf(pve)).not.to.have.any.keys('scsi1', 'unused0');
    const other = server({ unused0: 'local:101/vm-101-disk-7.raw' });
    await pveRestoreConfig.run({ ...newDisk, after }, contextFor(other));
    expect(other.writes).to.deep.equal([]);
  });

  it('writes down which volume that is before it is detached', async () => {
    const pve = server({ scsi1: 'local:101/vm-101-disk-1.raw,size=4G' });
    pve.on({ method: 'PUT', path: /config$/, error: apiError('no') });
    const context = contextFor(pve, { after: null }, { unseenEnd: true });
    await failure(() => pveRestoreConfig.run({ ...newDisk, after: ref('after') }, context));
    expect(context.variables['after']).to.deep.equal({
      scsi1: 'local:101/vm-101-disk-1.raw,size=4G',
    });
  });

  it('says which volume a running guest does not let go', async () => {
    const volume = 'local:101/vm-101-disk-1.raw,size=4G';
    const pve = server({ scsi1: volume });
    pve.answers.set(`${path}/pending`, [{ key: 'scsi1', value: volume, delete: 1 }]);
    const args = {
      path,
      set: { scsi1: 'local:4' },
      before: { scsi1: null },
      after: { scsi1: volume },
      discard: ['scsi1'],
    };
    const error = await failure(() => pveRestoreConfig.run(args, contextFor(pve)));
    expect(error).to.include({ code: 'PMX_DISK_HELD' });
  });
});
