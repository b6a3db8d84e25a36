import { SurroundingsError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { pveMoveBack } from '#dist/lib/operations/engine/handlers/pve-move-back.js';
import { apiError, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const path = '/nodes/pve1/qemu/101';
const volid = 'fast:vm-101-disk-0';
const away = 'slow:vm-101-disk-0';
const args = {
  path,
  slot: 'scsi0',
  home: { storage: 'fast' },
  away: 'slow',
  volid,
  lookup: { type: 'qmmove', id: '101' },
};

/** Moves disks by itself, for the fake server does not know how. */
class MoveServer extends FakePve {
  /** How the next move ends. */
  next: 'lost' | 'lost-before' | 'locked' | 'refused' | undefined;
  readonly log: string[] = [];

  override async send<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    at: string,
    params: Record<string, string | number | boolean> = {},
  ): Promise<T> {
    const { config } = this.state.guests.get(101)!;
    this.log.push(`${method} ${at.split('/').at(-1)} ${JSON.stringify(params)}`);
    if (method === 'PUT') {
      delete config[String(params['delete'])];
      return null as T;
    }
    const how = this.next;
    this.next = undefined;
    if (how === 'locked') throw apiError("can't lock file '/var/lock/x' - got timeout");
    if (how === 'refused') throw apiError('storage is full');
    if (how !== 'lost-before')
      config['scsi0'] = `${String(params['storage'])}:vm-101-disk-5,size=2G`;
    if (how?.startsWith('lost'))
      throw new SurroundingsError({ code: 'PMX_ANSWER_LOST', message: 'lost' });
    return this.task('qmmove', 101).upid as T;
  }
}

function server(scsi0: string, more: Record<string, string> = {}): MoveServer {
  const pve = new MoveServer();
  pve.guest(101, { scsi0: `${scsi0},size=2G`, ...more });
  return pve;
}
const move = 'POST move_disk {"disk":"scsi0","storage":"fast","delete":true}';

describe('pve.move-back', () => {
  it('brings a disk back that is away', async () => {
    const pve = server(away);
    expect(await pveMoveBack.run(args, contextFor(pve))).to.deep.equal({ moved: true });
    expect(pve.log).to.deep.equal([move]);
  });

  for (const [what, at] of [
    ['it never left', volid],
    ['it is back under another name', 'fast:vm-101-disk-7'],
  ] as const)
    it(`sends nothing when ${what}`, async () => {
      const pve = server(at);
      expect(await pveMoveBack.run(args, contextFor(pve))).to.deep.equal({ moved: false });
      expect(pve.log).to.deep.equal([]);
    });

  it('sends nothing when the slot is empty by now', async () => {
    const pve = server(away);
    delete pve.state.guests.get(101)!.config['scsi0'];
    expect(await pveMoveBack.run(args, contextFor(pve))).to.deep.equal({ moved: false });
    expect(pve.log).to.deep.equal([]);
  });

  it('within one storage only the name tells, and the format is asked for again', async () => {
    const home = { storage: 'fast', format: 'qcow2' };
    const pve = server('fast:101/vm-101-disk-1.raw');
    const before = { ...args, home, away: 'fast', volid: 'fast:101/vm-101-disk-0.qcow2' };
    expect(await pveMoveBack.run(before, contextFor(pve))).to.deep.equal({ moved: true });
    expect(pve.log).to.deep.equal([
      'POST move_disk {"disk":"scsi0","storage":"fast","format":"qcow2","delete":true}',
    ]);
  });

  it('a container calls it a volume', async () => {
    const pve = server('x');
    pve.answers.set('/nodes/pve1/lxc/101/config', () => pve.state.guests.get(101)!.config);
    pve.state.guests.get(101)!.config['mp0'] = 'slow:subvol-101-disk-1,mp=/data';
    const ct = { ...args, path: '/nodes/pve1/lxc/101', slot: 'mp0' };
    await pveMoveBack.run(ct, contextFor(pve));
    expect(pve.log).to.deep.equal([
      'POST move_volume {"volume":"mp0","storage":"fast","delete":true}',
    ]);
  });

  it('a first copy that was kept goes when its younger one is back', async () => {
    const pve = server(away, { unused0: 'slow:other', unused1: volid });
    await pveMoveBack.run(args, contextFor(pve));
    expect(pve.log).to.deep.equal([move, 'PUT config {"delete":"unused1"}']);
    expect(pve.state.guests.get(101)!.config).to.have.property('unused0', 'slow:other');
  });

  it('the volume in use is never taken for the copy', async () => {
    const pve = server(volid, { unused0: volid });
    await pveMoveBack.run(args, contextFor(pve));
    expect(pve.log).to.deep.equal([]);
  });

  for (const [how, moves] of [
    ['lost', 1],
    ['lost-before', 2],
    ['locked', 2],
  ] as const)
    it(`${how}: looks where it is, and moves it ${moves === 1 ? 'once' : 'again'}`, async () => {
      const pve = server(away);
      pve.next = how;
      await pveMoveBack.run(args, contextFor(pve));
      expect(pve.log).to.deep.equal(Array<string>(moves).fill(move));
      expect(pve.state.guests.get(101)!.config['scsi0']).to.match(/^fast:/);
    });

  it('waits for the move that it takes back', async () => {
    const pve = server(volid);
    const task = pve.task('qmmove', 101, { held: true });
    const context = contextFor(pve, {}, { upids: [task.upid] });
    const done = pveMoveBack.run(args, context);
    await new Promise((resolve) => setTimeout(resolve, 20));
    pve.state.guests.get(101)!.config['scsi0'] = `${away},size=2G`;
    pve.release();
    expect(await done).to.deep.equal({ moved: true });
  });

  it('a refusal is told', async () => {
    const pve = server(away);
    pve.next = 'refused';
    const error = await failure(() => pveMoveBack.run(args, contextFor(pve)));
    expect(error).to.include({ code: 'PMX_API_ERROR', exitCode: 3 });
    expect(error.message).to.contain('storage is full');
  });
});
