import { readdirSync } from 'node:fs';

import { expect } from 'chai';

import { Lab, outcomeOf, until } from './support.ts';

interface Row {
  vmid: number;
  status: string;
  template: boolean;
}

describe('many guests at once', function () {
  this.timeout(90_000);
  let lab: Lab;
  let vmids: string[];

  before(async () => {
    lab = await Lab.start('--nodes', '2', '--guests', '60', '--task-millis', '150');
    const rows = await lab.json<Row[]>('vm', 'list');
    vmids = rows.filter(({ template }) => !template).map(({ vmid }) => String(vmid));
    await lab.json('vm', 'stop', ...vmids);
  });

  after(() => lab.stop());

  /** Requests of one run. */
  async function requestsOf(
    run: () => Promise<unknown>,
  ): Promise<Array<{ method: string; path: string }>> {
    const before = lab.requests().length;
    await run();
    return lab.requests().slice(before);
  }

  async function running(): Promise<number> {
    const rows = await lab.json<Row[]>('vm', 'list');
    return rows.filter(({ status, template }) => status === 'running' && !template).length;
  }

  it('one call each, and polls that all tasks of a node share', async () => {
    const requests = await requestsOf(() => lab.json('vm', 'start', ...vmids));
    expect(await running()).to.equal(vmids.length);
    const writes = requests.filter(({ method }) => method !== 'GET');
    expect(writes).to.have.length(vmids.length);
    const polls = requests.filter(({ path }) => /\/tasks(\?|\/UPID)/.test(path));
    expect(polls.length, 'not one poll a task').to.be.below(vmids.length);
  });

  it('partial failure: exit 3, the one that failed is named, the others are done', async () => {
    const [bad] = vmids as [string];
    const path = `/nodes/*/qemu/${bad}/status/stop`;
    const action = ['--action', 'task-fail', '--message', 'no power', '--path', path];
    await lab.json('sandbox', 'fault', 'add', ...action);
    try {
      const { code, stdout } = await lab.pmx(['vm', 'stop', ...vmids, '--json']);
      expect(code).to.equal(3);
      const { error } = JSON.parse(stdout) as {
        error: {
          code: string;
          message: string;
          data: { results: Array<{ ok: boolean; target: string }> };
        };
      };
      expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
      expect(error.message).to.contain(`1 of ${vmids.length} failed: VM ${bad} `);
      expect(error.data.results.filter(({ ok }) => !ok)).to.have.length(1);
      expect(await running()).to.equal(1);
    } finally {
      await lab.json('sandbox', 'fault', 'clear');
      await lab.json('vm', 'stop', bad);
    }
  });

  it('Ctrl-C: nothing more is begun, exit 130, and it says how many are done', async () => {
    const before = lab.writes();
    const child = lab.spawn(['vm', 'start', ...vmids, '--parallel', '2', '--json']);
    const outcome = outcomeOf(child);
    await until(() => lab.writes() >= before + 4, 'some were begun');
    child.kill('SIGINT');
    const { code, stdout } = await outcome;
    expect(code).to.equal(130);
    const { error } = JSON.parse(stdout) as {
      error: {
        code: string;
        message: string;
        data: { results: Array<{ error?: { code: string } }> };
      };
    };
    expect(error.code).to.equal('PMX_INTERRUPTED');
    expect(error.message).to.match(
      / \d+ of \d+ done\. \d+ of \d+: interrupted before it was begun\.$/,
    );
    const unbegun = error.data.results.filter((row) => row.error?.code === 'PMX_NOT_BEGUN');
    expect(unbegun.length).to.be.above(vmids.length / 2);
    expect(lab.writes() - before).to.equal(vmids.length - unbegun.length);
    await lab.json('vm', 'stop', ...vmids);
  });

  it('of two pmx at one guest one waits, or is told who the other one is', async () => {
    const [vmid] = vmids as [string];
    const path = `/nodes/*/qemu/${vmid}/status/start`;
    await lab.json(
      'sandbox',
      'fault',
      'add',
      '--action',
      'delay',
      '--seconds',
      '4',
      '--path',
      path,
    );
    const first = lab.spawn(['vm', 'start', vmid]);
    const started = outcomeOf(first);
    await until(() => readdirSync(lab.file('state/guests')).length > 0, 'the first holds it');
    const [refused, waited] = await Promise.all([
      lab.pmx(['vm', 'delete', vmid, '--yes', '--wait-lock', '0']),
      lab.pmx(['vm', 'delete', vmid, '--yes']),
    ]);
    expect(refused.code).to.equal(2);
    expect(refused.stderr)
      .to.contain('(PMX_GUEST_BUSY,')
      .and.contain(`Another pmx works on guest ${vmid}: process ${first.pid} `);
    expect((await started).code).to.equal(0);
    expect(waited.stderr).to.contain(`Guest ${vmid}: waiting for process ${first.pid} `);
    // It had planned for a stopped guest: Proxmox VE refuses, and nothing is gone.
    expect(waited.code).to.equal(3);
    expect(readdirSync(lab.file('state/guests'))).to.deep.equal([]);
    const rows = await lab.json<Row[]>('vm', 'list');
    expect(rows.find((row) => String(row.vmid) === vmid)).to.include({ status: 'running' });
  });
});
