import { expect } from 'chai';

import { type Cell, cellsOf, type Ends, play } from './cells.ts';
import { differences, type Picture } from './picture.ts';
import { type Row, rows } from './rows.ts';
import type { Stage } from './stage.ts';
import { type StepFacts, stepsOf } from './steps.ts';
import { buildWorld } from './world.ts';

/** Most of a cell is start-up and waiting, so more of them than processors. */
const hands = 6;

/** MATRIX=full: at each step everything that can happen to it, instead of one of each kind. */
const full = process.env['MATRIX'] === 'full';

describe('whatever happens to a change, it ends whole', function () {
  this.timeout(300_000);
  let world: Stage;
  const stages: Stage[] = [];
  let cells = 0;

  before(async () => {
    world = await buildWorld();
    for (let hand = 0; hand < hands; hand++) {
      stages.push(await world.copy());
      await stages.at(-1)!.close();
    }
  });

  after(async () => {
    console.log(`      ${cells} cells`);
    for (const stage of [world, ...stages]) await stage.remove();
  });

  /** The world as a row needs it; all its cells begin with this. */
  async function arranged(row: Row): Promise<Stage> {
    const stage = await world.copy();
    await row.arrange?.(stage.bench);
    await stage.rest();
    await stage.close();
    return stage;
  }

  async function rehearsed(stage: Stage, row: Row, start: Stage, before: Picture) {
    await stage.reset(start);
    const known = stage.requests().length;
    const { code, stdout } = await stage.pmx(
      [...row.call(stage), '--dry-run', '--json'],
      row.input,
    );
    const writes = stage
      .requests()
      .slice(known)
      .filter(({ method }) => method !== 'GET');
    return [
      ...(code === 0 ? [] : [`exit ${code}: ${stdout}`]),
      ...writes.map(({ method, path }) => `sent ${method} ${path}`),
      ...differences(before, await stage.picture()),
    ].map((problem) => `dry run: ${problem}`);
  }

  async function succeeded(stage: Stage, row: Row, start: Stage) {
    await stage.reset(start);
    await stage.json(row.call(stage), row.input);
    await stage.rest();
    expect(stage.operations().map(({ status }) => status)).to.deep.equal(['completed']);
    expect(await stage.inconsistencies()).to.deep.equal([]);
    const steps: StepFacts[] = stepsOf(stage);
    return { after: await stage.picture(), steps };
  }

  /** All cells of a row, several at once; what is wrong with each. */
  async function playAll(row: Row, start: Stage, list: readonly Cell[], ends: Ends) {
    const waiting = [...list];
    const problems: string[] = [];
    await Promise.all(
      stages.map(async (stage) => {
        for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
          await stage.reset(start);
          problems.push(...(await play(cell, stage, row, ends)));
          cells++;
        }
      }),
    );
    return problems;
  }

  for (const [number, row] of rows.entries()) {
    const name = row.command.replaceAll(':', ' ') + (row.title ? `, ${row.title}` : '');
    it(name, async () => {
      const start = await arranged(row);
      try {
        const before = start.look();
        const [first, second] = stages as [Stage, Stage];
        const [dryRun, { after, steps }] = await Promise.all([
          rehearsed(first, row, start, before),
          succeeded(second, row, start),
        ]);
        cells += 2;
        expect(dryRun).to.deep.equal([]);
        if (!row.still)
          expect(differences(before, after), 'a row has to change something').to.not.be.empty;
        expect(steps).to.not.be.empty;
        const list = steps.flatMap((step, index) => cellsOf(step, number + index, full));
        const problems = await playAll(row, start, list, { before, after });
        if (problems.length > 0) expect.fail(`\n  ${problems.join('\n  ')}`);
      } finally {
        await start.remove();
      }
    });
  }
});
