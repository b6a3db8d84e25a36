import { expect } from 'chai';

import { differences } from './picture.ts';
import { type Request, Stage, until } from './stage.ts';
import { plainPath } from '../../plugins/sandbox/dist/server/faults/glob.js';

/** MATRIX=full: at each request of an undo both that it never came and that it was never answered. */
const full = process.env['MATRIX'] === 'full';
const hands = 4;

/** What is completed, and then taken back by `pmx undo`. */
const calls: ReadonlyArray<readonly string[]> = [
  ['vm', 'create', 'new', '--template', 'base', '--start'],
  ['vm', 'set', 'web-01', '--memory', '512', '--cores', '2'],
  ['vm', 'rename', 'web-01', 'web-09'],
  ['vm', 'snapshot', 'create', 'web-01', '--name', 'made'],
  ['vm', 'disk', 'add', 'web-01', '--size', '1G', '--slot', 'scsi5'],
  ['vm', 'clone', 'web-01', 'copy', '--full'],
  ['vm', 'migrate', 'mover', '--to', 'pve2', '--with-local-disks'],
  ['pool', 'add', 'lab', 'web-01'],
];

interface Moment {
  method: string;
  path: string;
  nth: number;
  /** The server has done it, and nobody was told. */
  after: boolean;
}

describe('an undo that is killed is finished by op rollback', function () {
  this.timeout(full ? 600_000 : 300_000);
  let start: Stage;
  const stages: Stage[] = [];

  before(async () => {
    start = await Stage.create();
    await start.template('base');
    const vm = { vmid: 110, name: 'web-01', memory: 256, scsi0: 'local:1,format=qcow2' };
    await start.bench.ok(start.bench.post('/nodes/pve1/qemu', vm));
    // A disk that was copied there and back is as long as before only when it is raw.
    const mover = { vmid: 111, name: 'mover', memory: 256, scsi0: 'local:1' };
    await start.bench.ok(start.bench.post('/nodes/pve1/qemu', mover));
    for (const poolid of ['lab', 'other']) await start.bench.post('/pools', { poolid });
    await start.rest();
    await start.close();
    for (let hand = 0; hand < hands; hand++) {
      stages.push(await start.copy());
      await stages.at(-1)!.close();
    }
  });

  after(async () => {
    for (const stage of [start, ...stages]) await stage.remove();
  });

  const undo = (id: string): string[] => ['undo', id, '--yes', '--json'];

  /** As after the call: the id of its operation. */
  async function completed(stage: Stage, call: readonly string[]): Promise<string> {
    await stage.reset(start);
    await stage.json(call);
    await stage.rest();
    return stage.operations()[0]!.id;
  }

  /** Every request with which the undo changes something. */
  async function momentsOf(stage: Stage, call: readonly string[]): Promise<Moment[]> {
    const id = await completed(stage, call);
    const known = stage.requests().length;
    await stage.json(undo(id));
    const sent = stage.requests().slice(known);
    await stage.rest();
    expect(differences(start.look(), await stage.picture()), 'not killed').to.deep.equal([]);
    const writes = sent.filter(({ method }) => method !== 'GET').map(gateOf);
    return writes.flatMap((gate, index) => {
      const same = writes
        .slice(0, index)
        .filter(({ method, path }) => method === gate.method && path === gate.path);
      return [false, true].map((after) => ({ ...gate, nth: same.length + 1, after }));
    });
  }

  async function play(stage: Stage, call: readonly string[], moment: Moment): Promise<string[]> {
    const { after, ...match } = moment;
    const id = await completed(stage, call);
    await stage.putFaults([{ id: 'cell', match, action: { type: 'timeout', after } }]);
    const child = stage.spawn(undo(id));
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until(async () => (await stage.fired('cell')) > 0, 'the request');
    if (after) await stage.rest();
    child.kill('SIGKILL');
    await ended;
    await stage.clearFaults();
    const { code, stdout, stderr } = await stage.pmx(['op', 'rollback', id, '--yes', '--json']);
    await stage.rest();
    const [operation] = stage.operations();
    const problems = [
      ...(code === 0 ? [] : [`op rollback ended with ${code}: ${stdout}${stderr}`]),
      ...(operation!.status === 'rolled-back' ? [] : [`the journal says ${operation!.status}`]),
      ...(await stage.inconsistencies()),
      ...differences(start.look(), await stage.picture()),
    ];
    const where = `${match.method} ${match.path} ${after ? 'done and not answered' : 'never came'}`;
    return problems.map((problem) => `${where}: ${problem}`);
  }

  for (const [number, call] of calls.entries()) {
    it(call.slice(0, call[1] === 'disk' || call[1] === 'snapshot' ? 3 : 2).join(' '), async () => {
      const moments = await momentsOf(stages[0]!, call);
      expect(moments).to.not.be.empty;
      const waiting = full ? moments : moments.filter((_, index) => (index + number) % 2 === 0);
      const problems: string[] = [];
      await Promise.all(
        stages.map(async (stage) => {
          for (let moment = waiting.shift(); moment; moment = waiting.shift()) {
            problems.push(...(await play(stage, call, moment)));
            await stage.close();
          }
        }),
      );
      expect(problems).to.deep.equal([]);
    });
  }
});

function gateOf({ method, path }: Request): { method: string; path: string } {
  const plain = plainPath(path.replace(/\?.*/, '').replace(/^\/api2\/json/, ''));
  return { method, path: plain.replaceAll(/[^\w.:@!%+~*/-]+|vm-\d+-disk-\d+[^/]*/g, '*') };
}
