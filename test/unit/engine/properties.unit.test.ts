import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { allSteps, type Plan, type PlanNode, type Step } from '@pmx-cli/kit';
import { InterruptedError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';
import fc from 'fast-check';

import { Journal, type JournalEvent } from '#dist/lib/operations/engine/journal.js';
import { foldJournal } from '#dist/lib/operations/engine/state.js';
import { effect, Lab, orphaned, plan, refused, unknownEnd } from './lab.ts';

/** How the one step fails that fails. */
type Mishap = 'refused' | 'lost-after' | 'lost-before' | 'interrupt' | 'interrupt-after';

interface Scene {
  plan: Plan;
  /** Which step goes wrong; beyond the last one, none does. */
  at: number;
  mishap: Mishap;
}

const nodeKind = fc.constantFrom('step', 'step', 'two undos', 'destructive', 'parallel');

const scenes: fc.Arbitrary<Scene> = fc
  .record({
    nodes: fc.array(nodeKind, { minLength: 1, maxLength: 5 }),
    at: fc.nat(8),
    mishap: fc.constantFrom<Mishap>(
      'refused',
      'lost-after',
      'lost-before',
      'interrupt',
      'interrupt-after',
    ),
  })
  .map(({ nodes, ...rest }) => ({ ...rest, plan: plan(nodes.map(nodeOf)) }));

function nodeOf(kind: string, index: number): PlanNode {
  const id = `s${index}`;
  if (kind === 'parallel') return { parallel: [plainStep(`${id}a`), plainStep(`${id}b`)] };
  if (kind === 'destructive') return { ...effect(id), id, destructive: true };
  return plainStep(id, kind === 'two undos' ? 2 : 1);
}

function plainStep(id: string, undos = 1): Step {
  return { ...effect(id), id, undo: [`undo ${id}`, `undo ${id}:more`].slice(0, undos).map(effect) };
}

function arrange(lab: Lab, { plan: { steps }, at, mishap }: Scene): void {
  const wrong = allSteps(steps)[at];
  let done = false;
  for (const { id } of allSteps(steps)) {
    lab.behave.set(id, () => {
      lab.world.add(`${id}:more`);
      if (id !== wrong?.id || done) return;
      done = true;
      if (mishap === 'lost-after' || mishap === 'interrupt-after') lab.world.add(id);
      else lab.world.delete(`${id}:more`);
      if (mishap.startsWith('interrupt')) {
        lab.stop.abort();
        throw new InterruptedError();
      }
      throw mishap === 'refused' ? refused() : unknownEnd();
    });
  }
}

/** The promise: all done, or everything that can be taken back is taken back. */
function checkPromise(lab: Lab, { plan: { steps } }: Scene): void {
  const all = allSteps(steps);
  const passed = all.some((step) => step.destructive && lab.world.has(step.id));
  const state = foldJournal(lab.id, lab.journal)!;
  if (passed || state.final === 'completed') {
    for (const { id } of all) expect(lab.world.has(id), `${id} is finished`).to.equal(true);
    expect(state.final).to.equal('completed');
  } else {
    for (const { id, undo = [] } of all) {
      expect(lab.world.has(id), `${id} is gone`).to.equal(false);
      if (undo.length > 1)
        expect(lab.world.has(`${id}:more`), `the rest of ${id} is gone`).to.equal(false);
    }
    expect(state.final).to.equal('rolled-back');
  }
}

/** Marked as undone once means: never undone again. */
function checkUndoOnce(lab: Lab): void {
  const done = new Set<string>();
  for (const line of lab.journal) {
    if (line.event === 'undo-started')
      expect(done.has(`${line.step} ${line.effect}`)).to.equal(false);
    if (line.event === 'undo-done') done.add(`${line.step} ${line.effect}`);
  }
}

interface Moment {
  journal: string;
  world: Set<string>;
}

/** Runs `work` and keeps what a crash before or after each line of the journal would leave. */
async function moments(lab: Lab, work: () => Promise<unknown>): Promise<Moment[]> {
  const found: Moment[] = [];
  const original = Journal.prototype.append;
  const look = (): void => {
    try {
      found.push({ journal: readFileSync(lab.journalPath, 'utf8'), world: new Set(lab.world) });
    } catch {
      // Before the first line there is no journal, and nothing has happened.
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
  return found.filter(({ journal }) => journal !== '');
}

let folder: string;
let count = 0;

function newLab(moment?: Moment, id = '20260101-000000-aaaaa'): Lab {
  const directory = join(folder, String(count++));
  mkdirSync(directory, { recursive: true });
  if (moment) {
    const lines = moment.journal.split('\n').filter(Boolean);
    writeFileSync(
      join(directory, `${id}.jsonl`),
      lines.map((line) => `${orphaned(line)}\n`).join(''),
    );
  }
  return new Lab(directory, new Set(moment?.world));
}

const ended = (lab: Lab): boolean =>
  ['completed', 'rolled-back'].includes(foldJournal('x', lab.journal)!.final ?? '');

describe('engine: finishes or takes back, whatever happens', function () {
  this.timeout(120_000);
  before(() => (folder = mkdtempSync(join(tmpdir(), 'pmx-promise-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('when one step goes wrong', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const lab = newLab();
        arrange(lab, scene);
        await lab.run(scene.plan).catch(() => undefined);
        checkPromise(lab, scene);
        checkUndoOnce(lab);
      }),
      { numRuns: 200 },
    );
  });

  for (const mode of ['rollback', 'resume'] as const) {
    it(`when the process dies at any moment, and op ${mode} goes by the journal alone`, async () => {
      await fc.assert(
        fc.asyncProperty(scenes, async (scene) => {
          const first = newLab();
          arrange(first, scene);
          for (const moment of await moments(first, () => first.run(scene.plan))) {
            const lab = newLab(moment);
            if (ended(lab)) continue;
            const undoing = foldJournal('x', lab.journal)!.undoing;
            await lab.continue(mode === 'resume' && !undoing ? 'resume' : 'rollback');
            checkPromise(lab, scene);
            checkUndoOnce(lab);
            if (mode === 'resume' && !undoing)
              expect(foldJournal('x', lab.journal)!.final).to.equal('completed');
          }
        }),
        { numRuns: 25 },
      );
    });
  }

  it('when the continuation dies as well', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, fc.nat(), fc.nat(), async (scene, one, two) => {
        const first = newLab();
        arrange(first, scene);
        const crashes = (await moments(first, () => first.run(scene.plan))).filter(
          ({ journal }) => !journal.includes('"finished"'),
        );
        const second = newLab(crashes[one % crashes.length]);
        const again = (await moments(second, () => second.continue('rollback'))).filter(
          ({ journal }) => !journal.includes('"finished"'),
        );
        const third = newLab(again[two % again.length]);
        await third.continue('rollback');
        checkPromise(third, scene);
        checkUndoOnce(third);
      }),
      { numRuns: 60 },
    );
  });

  it('when Ctrl-C comes twice: op rollback then does the rest', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, fc.nat(6), async (scene, effects) => {
        const lab = newLab();
        arrange(lab, scene);
        let left = effects;
        for (const { undo = [] } of allSteps(scene.plan.steps)) {
          for (const { args } of undo) {
            lab.behave.set((args as { path: string }).path, () => {
              if (left-- > 0) return;
              lab.abandon.abort();
              throw new InterruptedError();
            });
          }
        }
        await lab.run(scene.plan).catch(() => undefined);
        if (!ended(lab)) {
          lab.behave.clear();
          const later = new Lab(lab.directory, lab.world);
          await later.continue('rollback');
        }
        checkPromise(lab, scene);
        checkUndoOnce(lab);
      }),
      { numRuns: 100 },
    );
  });
});
