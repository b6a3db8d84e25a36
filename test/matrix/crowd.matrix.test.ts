import { expect } from 'chai';

import { type Outcome } from '../e2e/support.ts';
import { Stage } from './stage.ts';

/** MATRIX=full: as many as a whole team has. */
const full = process.env['MATRIX'] === 'full';
const crowd = full ? 10 : 5;
const each = full ? 20 : 10;

/** Locks are given up early and workers get lost now and then, as on a real node under load. */
const troubles = [
  {
    id: 'lost-worker',
    match: { method: 'POST', path: '/nodes/*/qemu/*/clone', probability: 0.03, seed: 7 },
    action: { type: 'status', status: 500, message: 'got no worker upid - start worker failed' },
  },
  {
    id: 'locked',
    match: { method: 'POST', path: '/nodes/*/qemu/*/clone', probability: 0.05, seed: 11 },
    action: {
      type: 'status',
      status: 500,
      message: "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout",
    },
  },
];

describe('many at the same time', function () {
  this.timeout(full ? 900_000 : 300_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.create({ taskMillis: 20, lockTimeoutMillis: 1000 });
    await stage.template('base');
  });

  after(() => stage.remove());

  it(`${crowd} processes make ${crowd * each} VMs: all are there, and nobody notices the others`, async () => {
    await stage.putFaults(troubles);
    const failures: Outcome[] = [];
    await Promise.all(
      Array.from({ length: crowd }, async (_, member) => {
        for (let number = 0; number < each; number++) {
          const name = `crowd-${member}-${number}`;
          const outcome = await stage.pmx(['vm', 'create', name, '--template', 'base', '--json']);
          if (outcome.code !== 0) failures.push(outcome);
        }
      }),
    );
    await stage.clearFaults();
    expect(failures.map(({ code, stdout }) => `exit ${code} ${stdout}`)).to.deep.equal([]);
    await stage.rest();
    const rows = (await stage.bench.read('/cluster/resources?type=vm')) as Array<{
      vmid: number;
      name: string;
    }>;
    const made = rows.filter(({ name }) => name.startsWith('crowd-'));
    expect(new Set(made.map(({ name }) => name)).size).to.equal(crowd * each);
    expect(new Set(made.map(({ vmid }) => vmid)).size).to.equal(crowd * each);
    expect(made).to.have.length(crowd * each);
    expect(stage.operations().every(({ status }) => status === 'completed')).to.equal(true);
    expect(await stage.inconsistencies()).to.deep.equal([]);
  });

  it('four at one VM: each does its work or is told, and the VM stays whole', async () => {
    await stage.json(['vm', 'create', 'shared', '--template', 'base']);
    const calls = [
      ['vm', 'delete', 'shared', '--stop', '--yes'],
      ['vm', 'set', 'shared', '--memory', '512'],
      ['vm', 'snapshot', 'create', 'shared', '--name', 'one'],
      ['vm', 'start', 'shared'],
    ];
    const outcomes = await Promise.all(calls.map((call) => stage.pmx([...call, '--json'])));
    await stage.rest();
    const told = outcomes.map(({ code, stdout }) => `${code} ${stdout}`).join('\n');
    for (const { code, stdout } of outcomes) {
      expect([0, 1, 2, 3], told).to.include(code);
      const { error } = JSON.parse(stdout) as { error?: { code: string } };
      if (code !== 0) expect(error?.code, told).to.match(/^PMX_(?!INTERNAL)/);
    }
    const rows = (await stage.bench.read('/cluster/resources?type=vm')) as Array<{ name: string }>;
    const isThere = rows.some(({ name }) => name === 'shared');
    expect(outcomes[0]!.code === 0, told).to.equal(!isThere);
    const open = stage.operations().filter(({ status }) => !/completed|rolled-back/.test(status));
    expect(
      open.map(({ status, state }) => `${state.plan.title}: ${status}`),
      told,
    ).to.deep.equal([]);
    expect(await stage.inconsistencies()).to.deep.equal([]);
  });
});
