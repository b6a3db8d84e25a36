import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { createInventory } from '#dist/lib/inventory/index.js';
import { stepHandlers } from '#dist/lib/operations/engine/handlers/index.js';
import { Journal, type JournalEvent } from '#dist/lib/operations/engine/journal.js';
import { foldJournal } from '#dist/lib/operations/engine/state.js';
import { planGuestDeletes } from '#dist/lib/operations/guest/delete/plan.js';
import { planSnapshots } from '#dist/lib/operations/guest/snapshot/create.js';
import { planVmCreate } from '#dist/lib/operations/vm/create.js';
import { planTemplateCreate } from '#dist/lib/operations/template/create.js';
import { apiError, FakePve, type Fault } from './fake-pve.ts';
import { failure, Lab, noSleep, orphaned } from './lab.ts';

let folder: string;
let count = 0;

/** The engine with its real handlers, on a fake server. */
class ServerLab extends Lab {
  pve: FakePve;

  constructor(pve: FakePve, directory = join(folder, String(count++))) {
    mkdirSync(directory, { recursive: true });
    super(directory);
    this.pve = pve;
    this.dependencies = {
      ...this.dependencies,
      handlers: stepHandlers,
      ports: {
        pve: async () => this.pve,
        sleep: async (milliseconds: number, signal: AbortSignal) => {
          await noSleep(milliseconds, signal);
          this.pve.tick();
        },
      } as never,
    };
  }
}

function server(): FakePve {
  const pve = new FakePve();
  pve.guest(900, {
    name: 'debian',
    template: 1,
    scsi0: 'local:900/base-900-disk-0.qcow2,size=2G',
    scsi1: 'local:900/vm-900-cloudinit.qcow2,media=cdrom',
  });
  pve.guest(
    101,
    { name: 'neighbour', description: 'pmx-operation: 20250101-000000-aaaaa' },
    { status: 'running' },
  );
  pve.state.volumes.set('local:iso/theirs.iso', 1);
  return pve;
}

const things = (pve: FakePve): unknown => ({
  guests: [...pve.state.guests].map(([vmid, { status, config }]) => [vmid, status, config]).sort(),
  volumes: [...pve.state.volumes.keys()].sort(),
});

interface Job {
  name: string;
  prepare(): FakePve;
  plan(pve: FakePve): Promise<Plan>;
  /** Undoing brings back what was there; where there is no way back, the job is finished. */
  finished(pve: FakePve): void;
}

const jobs: Job[] = [
  {
    name: 'vm create',
    prepare: server,
    plan: async (pve) => {
      const inventory = createInventory(pve);
      const [template] = await inventory.resolveGuests(['debian'], { noun: 'template' });
      return planVmCreate(pve, inventory, {
        name: 'web-01',
        template: template!,
        disk: { bytes: 4 * 2 ** 30, relative: false, pve: '4G' },
        networks: [],
        memoryMebibytes: 512,
        cloudInit: { sshKeyFiles: [], files: { userData: join(folder, 'user.yaml') } },
        start: true,
      });
    },
    finished: (pve) => {
      const guest = pve.state.guests.get(100)!;
      expect(guest.status).to.equal('running');
      expect(guest.config)
        .to.include({ name: 'web-01', memory: 512 })
        .and.not.to.have.property('lock');
      expect(guest.config['scsi0']).to.include('size=4G');
      expect(pve.state.volumes.size).to.equal(2);
    },
  },
  {
    name: 'template create',
    prepare: server,
    plan: (pve) =>
      planTemplateCreate(pve, createInventory(pve), {
        imagePath: join(folder, 'debian.img'),
        memoryMebibytes: 512,
        cores: 1,
        networks: [],
        cloudInit: 'native',
        tags: [],
        signal: new AbortController().signal,
      }),
    finished: (pve) => {
      expect(pve.state.guests.get(100)!.config).to.include({ template: 1, name: 'debian' });
      expect([...pve.state.volumes.keys()]).to.deep.equal(['local:iso/theirs.iso']);
    },
  },
  {
    name: 'vm delete --stop',
    prepare: () => {
      const pve = server();
      pve.guest(
        103,
        { name: 'old', ide2: 'local:iso/pmx-20250101-000000-aaaaa-old.iso,media=cdrom' },
        { status: 'running' },
      );
      pve.state.volumes.set('local:iso/pmx-20250101-000000-aaaaa-old.iso', 1);
      return pve;
    },
    plan: async (pve) => {
      const inventory = createInventory(pve);
      const [guest] = await inventory.resolveGuests(['103'], { noun: 'VM' });
      const options = { stop: true, keepIso: false, deleteBackups: false, purge: true };
      return (await planGuestDeletes(pve, inventory, [guest!], options))[0]!;
    },
    finished: (pve) => {
      expect(pve.state.guests.has(103)).to.equal(false);
      expect([...pve.state.volumes.keys()]).to.deep.equal(['local:iso/theirs.iso']);
    },
  },
];

interface Moment {
  /** The marker on the server carries it, so it stays. */
  id: string;
  journal: string;
  pve: FakePve;
}

/** What a crash before or after each line of the journal would leave, on both machines. */
async function moments(lab: ServerLab, work: () => Promise<unknown>): Promise<Moment[]> {
  const found: Moment[] = [];
  const original = Journal.prototype.append;
  const look = (): void => {
    try {
      found.push({
        id: lab.id,
        journal: readFileSync(lab.journalPath, 'utf8'),
        pve: lab.pve.copy(),
      });
    } catch {
      // No journal yet.
    }
  };
  Journal.prototype.append = function (event: JournalEvent): void {
    look();
    original.call(this, event);
    look();
  };
  try {
    await work().catch(() => undefined);
  } finally {
    Journal.prototype.append = original;
  }
  return found.filter(({ journal }) => journal !== '' && !journal.includes('"finished"'));
}

function leftBy(moment: Moment): ServerLab {
  const lab = new ServerLab(moment.pve.copy());
  const lines = moment.journal.split('\n').filter(Boolean);
  writeFileSync(
    join(lab.directory, `${moment.id}.jsonl`),
    lines.map((line) => `${orphaned(line)}\n`).join(''),
  );
  return lab;
}

describe('engine and handlers: a server is left as promised', function () {
  this.timeout(60_000);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-server-'));
    writeFileSync(join(folder, 'user.yaml'), '#cloud-config\nusers: []\n');
    writeFileSync(join(folder, 'debian.img'), mbr());
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The smallest thing that passes for a raw disk image: a boot signature and one partition. */
  function mbr(): Buffer {
    const image = Buffer.alloc(2 * 2 ** 20);
    image.set([0x80, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0], 446);
    image.set([0x55, 0xaa], 510);
    return image;
  }

  for (const job of jobs) {
    const endState = (lab: ServerLab, before: unknown): void => {
      const state = foldJournal(lab.id, lab.journal)!;
      if (state.final === 'completed') job.finished(lab.pve);
      else {
        expect(state.final).to.equal('rolled-back');
        expect(things(lab.pve)).to.deep.equal(before);
      }
    };

    it(`${job.name}: done`, async () => {
      const lab = new ServerLab(job.prepare());
      await lab.run(await job.plan(lab.pve));
      job.finished(lab.pve);
    });

    const faults: Array<[string, Omit<Fault, 'path'>]> = [
      ['is refused', { error: apiError('no') }],
      ['fails in its task', { taskError: 'no space left on device' }],
      ['is lost before it arrives', { lose: 'before' }],
      ['happens, but its answer is lost', { lose: 'after' }],
    ];
    for (const [what, fault] of faults) {
      it(`${job.name}: each write in turn ${what}`, async () => {
        const trial = new ServerLab(job.prepare());
        await trial.run(await job.plan(trial.pve));
        for (let index = 0; index < trial.pve.writes.length; index++) {
          const lab = new ServerLab(job.prepare());
          const before = things(lab.pve);
          const plan = await job.plan(lab.pve);
          let written = 0;
          const push = lab.pve.writes.push.bind(lab.pve.writes);
          lab.pve.writes.push = (...items) => {
            if (written++ === index) lab.pve.on({ path: /./, ...fault });
            return push(...items);
          };
          const error = await lab.run(plan).then(
            () => undefined,
            (thrown: Error) => thrown,
          );
          const state = foldJournal(lab.id, lab.journal)!;
          expect(state.final, `${job.name}, write ${index}: ${error?.message}`).to.be.oneOf([
            'completed',
            'rolled-back',
          ]);
          endState(lab, before);
        }
      });
    }

    for (const mode of ['rollback', 'resume'] as const) {
      it(`${job.name}: the process dies at any line, then op ${mode}`, async () => {
        const first = new ServerLab(job.prepare());
        const before = things(first.pve);
        const all = await moments(first, async () => first.run(await job.plan(first.pve)));
        expect(all.length).to.be.greaterThan(8);
        for (const moment of all) {
          const lab = leftBy(moment);
          await lab.continue(mode);
          endState(lab, before);
          if (mode === 'resume') expect(foldJournal('x', lab.journal)!.final).to.equal('completed');
        }
      });
    }

    it(`${job.name}: Ctrl-C at any line`, async () => {
      const trial = new ServerLab(job.prepare());
      await trial.run(await job.plan(trial.pve));
      for (let at = 1; at < trial.journal.length; at++) {
        const lab = new ServerLab(job.prepare());
        const before = things(lab.pve);
        const plan = await job.plan(lab.pve);
        const original = Journal.prototype.append;
        let lines = 0;
        Journal.prototype.append = function (event: JournalEvent): void {
          original.call(this, event);
          if (++lines === at) lab.stop.abort();
        };
        try {
          await lab.run(plan).catch(() => undefined);
        } finally {
          Journal.prototype.append = original;
        }
        endState(lab, before);
      }
    });
  }

  it('vm create: a clone that still runs is stopped, and its guest goes with it', async () => {
    const lab = new ServerLab(server());
    const before = things(lab.pve);
    const plan = await jobs[0]!.plan(lab.pve);
    lab.pve.on({ path: /clone$/, hold: true, act: () => setTimeout(() => lab.stop.abort(), 5) });
    await lab.run(plan).catch(() => undefined);
    expect(lab.pve.tasksOf('qmclone')[0]!.exitstatus).to.equal('interrupted by signal');
    expect(things(lab.pve)).to.deep.equal(before);
  });

  it('vm create: somebody takes the VMID first; their guest stays, ours gets the next', async () => {
    const lab = new ServerLab(server());
    const plan = await jobs[0]!.plan(lab.pve);
    lab.pve.on({ path: /clone$/, act: () => lab.pve.guest(100, { name: 'theirs' }) });
    const result = (await lab.run(plan)) as { vmid: number };
    expect(result.vmid).to.equal(102);
    expect(lab.pve.state.guests.get(100)!.config).to.deep.equal({ name: 'theirs' });
    expect(lab.pve.state.guests.get(102)!.config['name']).to.equal('web-01');
  });

  it('vm create: undo after that removes ours, never theirs', async () => {
    const lab = new ServerLab(server());
    const plan = await jobs[0]!.plan(lab.pve);
    lab.pve.on({ path: /clone$/, act: () => lab.pve.guest(100, { name: 'theirs' }) });
    lab.pve.on({ path: /start$/, taskError: 'no' });
    await lab.run(plan).catch(() => undefined);
    expect([...lab.pve.state.guests.keys()].sort()).to.deep.equal([100, 101, 900]);
  });

  it('vm delete --stop: destroy is refused, so the guest is started again', async () => {
    const lab = new ServerLab(jobs[2]!.prepare());
    const plan = await jobs[2]!.plan(lab.pve);
    lab.pve.on({
      method: 'DELETE',
      path: /103$/,
      error: apiError("can't remove VM 103 - protection mode enabled"),
    });
    await lab.run(plan).catch(() => undefined);
    expect(lab.pve.state.guests.get(103)!.status).to.equal('running');
  });

  describe('somebody else has the guest meanwhile', () => {
    const snapshotOf101 = async (pve: FakePve): Promise<Plan> => {
      const guests = await createInventory(pve).resolveGuests(['101'], { noun: 'VM' });
      const request = { name: 'night', description: '', vmstate: false, wait: true };
      return (await planSnapshots(pve, guests, request))[0]!;
    };
    const gone = apiError("Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist");
    const statusOf = (lab: ServerLab): string => String(foldJournal(lab.id, lab.journal)!.final);

    for (const [what, act, status] of [
      [
        'deleted it: nothing is left to take back',
        (pve) => pve.state.guests.delete(101),
        'rolled-back',
      ],
      ['moved it: what was begun may be there', () => undefined, 'failed'],
    ] as Array<[string, (pve: FakePve) => void, string]>)
      it(what, async () => {
        const lab = new ServerLab(server());
        const list = '/nodes/pve1/qemu/101/snapshot';
        lab.pve.answers.set(list, [{ name: 'current' }]);
        const plan = await snapshotOf101(lab.pve);
        lab.pve.answers.set(list, gone);
        lab.pve.on({ path: /101\/snapshot$/, error: gone, act: () => act(lab.pve) });
        const { exitCode } = await failure(() => lab.run(plan));
        expect({ exitCode, status: statusOf(lab) }).to.deep.equal({ exitCode: 3, status });
      });

    it('vm delete --stop: who was stopped cannot be started again when it is gone', async () => {
      const lab = new ServerLab(jobs[2]!.prepare());
      const plan = await jobs[2]!.plan(lab.pve);
      const missing = apiError(
        "Configuration file 'nodes/pve1/qemu-server/103.conf' does not exist",
      );
      lab.pve.on({
        method: 'DELETE',
        path: /103$/,
        error: missing,
        act: () => lab.pve.state.guests.delete(103),
      });
      lab.pve.on({ path: /103\/status\/start$/, error: missing });
      await lab.run(plan).catch(() => undefined);
      expect(statusOf(lab)).to.be.oneOf(['completed', 'rolled-back']);
    });
  });
});
