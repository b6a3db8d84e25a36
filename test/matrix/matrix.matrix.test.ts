import { expect } from 'chai';

import { type Cell, cellsOf, type Ends, play } from './cells.ts';
import { differences, type Picture } from './picture.ts';
import { type Row, rows } from './rows.ts';
import type { Stage } from './stage.ts';
import { type StepFacts, stepsOf } from './steps.ts';
import { buildWorld } from './world.ts';

/** Most of a cell is start-up and waiting, so more of them than processors. */
const hands = 4;

describe('whatever happens to a change, it ends whole', function () {
  this.timeout(300_000);
  let world: Stage;
  let stages: Stage[];
  let cells = 0;

  before(async () => {
    world = await buildWorld();
    stages = [];
    for (let hand = 0; hand < hands; hand++) {
      stages.push(await world.copy());
      await stages.at(-1)!.close();
    }
  });

  after(async () => {
    console.log(`      ${cells} cells`);
    for (const stage of [world, ...stages]) await stage.remove();
  });

  async function set(stage: Stage, row: Row): Promise<void> {
    await stage.reset(world);
    await row.arrange?.(stage.bench);
    await stage.rest();
  }

  async function untouched(stage: Stage, row: Row): Promise<Picture> {
    await set(stage, row);
    return stage.picture();
  }

  async function rehearsed(stage: Stage, row: Row, before: Picture): Promise<string[]> {
    await set(stage, row);
    const known = stage.requests().length;
    const { code, stdout } = await stage.pmx([...row.call(stage), '--dry-run', '--json'], row.input);
    const writes = stage.requests().slice(known).filter(({ method }) => method !== 'GET');
    return [
      ...(code === 0 ? [] : [`exit ${code}: ${stdout}`]),
      ...writes.map(({ method, path }) => `sent ${method} ${path}`),
      ...differences(before, await stage.picture()),
    ].map((problem) => `dry run: ${problem}`);
  }

  async function succeeded(stage: Stage, row: Row): Promise<{ after: Picture; steps: StepFacts[] }> {
    await set(stage, row);
    await stage.json(row.call(stage), row.input);
    await stage.rest();
    expect(stage.operations().map(({ status }) => status)).to.deep.equal(['completed']);
    expect(await stage.inconsistencies()).to.deep.equal([]);
    const steps = stepsOf(stage);
    return { after: await stage.picture(), steps };
  }

  /** All cells of a row, several at once; what is wrong with each. */
  async function playAll(row: Row, list: readonly Cell[], ends: Ends): Promise<string[]> {
    const waiting = [...list];
    const problems: string[] = [];
    await Promise.all(
      stages.map(async (stage) => {
        for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
          await set(stage, row);
          problems.push(...(await play(cell, stage, row, ends)));
          cells++;
        }
      }),
    );
    return problems;
  }

  for (const row of rows) {
    const name = row.command.replaceAll(':', ' ') + (row.title ? `, ${row.title}` : '');
    it(name, async () => {
      const [first, second, third] = stages as [Stage, Stage, Stage];
      const [before, { after, steps }] = await Promise.all([
        untouched(first, row).then(async (picture) => {
          expect(await rehearsed(second, row, picture)).to.deep.equal([]);
          return picture;
        }),
        succeeded(third, row),
      ]);
      cells += 2;
      expect(differences(before, after), 'a row has to change something').to.not.be.empty;
      expect(steps).to.not.be.empty;
      const problems = await playAll(row, steps.flatMap(cellsOf), { before, after });
      if (problems.length > 0) expect.fail(`\n  ${problems.join('\n  ')}`);
    });
  }
});
