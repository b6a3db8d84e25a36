import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Comparison } from './compare.ts';
import { DEVIATIONS, MISSING } from './deviations.ts';
import { readRecording } from './exchange.ts';
import { Player } from './player.ts';
import type { Outcome } from './player.ts';
import { SCENARIOS, serveFiles } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import { Stage } from './stage.ts';

const DOCS = join(import.meta.dirname, '../../../../docs/sandbox.md');
/** Share of the exchanges that must be alike. */
const WANTED = 0.95;
const LISTED = new Set(DEVIATIONS.flatMap(({ exchanges }) => exchanges));

async function replay(scenario: Scenario): Promise<Outcome[]> {
  const stage = await Stage.open(scenario.agentless === true);
  const web = await serveFiles();
  try {
    const mapped = { 'http://10.99.0.1:8099': `http://127.0.0.1:${web.port}` };
    const player = new Player(stage, scenario, mapped);
    for (const file of scenario.follows ?? []) {
      await SCENARIOS.find((other) => other.file === file)?.setup?.(stage);
      await player.play(readRecording(file));
    }
    await scenario.setup?.(stage);
    return await player.play(readRecording(scenario.file));
  } finally {
    await web.close();
    await stage.stop();
  }
}

describe('replay', function () {
  this.timeout(60_000);

  for (const scenario of SCENARIOS) {
    it(`answers ${scenario.file} as PVE 9.2.11 did`, async () => {
      const outcomes = await replay(scenario);
      const deviating = outcomes.filter(({ differences }) => differences.length > 0);
      const unlisted = deviating.filter(({ name, missing }) => !missing && !LISTED.has(name));
      expect(
        Object.fromEntries(unlisted.map(({ name, differences }) => [name, differences])),
      ).to.deep.equal({});
      const outdated = outcomes.filter(
        ({ name, differences }) => differences.length === 0 && LISTED.has(name),
      );
      expect(outdated.map(({ name }) => name)).to.deep.equal([]);
      const shareOf = (counted: readonly Outcome[]): number =>
        counted.filter(({ differences }) => differences.length === 0).length / counted.length;
      const there = outcomes.filter(({ missing }) => !missing);
      expect(shareOf(there)).to.be.at.least(WANTED);
      expect(shareOf(outcomes)).to.be.at.least(WANTED);
    });
  }

  it('notices what differs, and overlooks what differs in every run', () => {
    const differences = (recorded: unknown, live: unknown, path = '/x'): string[] => {
      const comparison = new Comparison(path);
      comparison.value('', recorded, live);
      return comparison.differences;
    };
    expect(differences({ pid: 1, t: 'pid 0' }, { pid: 2, t: 'pid 0' })).to.deep.equal([]);
    const rows = [{ vmid: 1, name: 'a' }];
    for (const [recorded, live] of [
      [{ a: 1 }, {}],
      [{}, { a: 1 }],
      [{ memory: '512' }, { memory: 512 }],
      [{ pid: 1 }, { pid: '1' }],
      [{ message: 'no\n' }, { message: 'no' }],
      [rows, []],
      [[], rows],
      [rows, [{ vmid: 1, name: 'b' }]],
      [rows, [...rows, { vmid: 2, name: 'a' }]],
    ])
      expect(differences(recorded, live), JSON.stringify([recorded, live])).not.to.deep.equal([]);
    const log = (...lines: string[]): unknown => lines.map((t, index) => ({ n: index + 1, t }));
    const path = '/nodes/pve1/tasks/x/log';
    expect(differences(log('a', 'TASK OK'), log('a', 'b', 'TASK OK'), path)).to.have.lengthOf(1);
  });

  it('lists no deviation of an exchange that nobody replays', () => {
    const known = new Set(
      SCENARIOS.flatMap(({ file }) => readRecording(file).map(({ name }) => name)),
    );
    expect([...LISTED].filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it('has every deviation in docs/sandbox.md', () => {
    const text = readFileSync(DOCS, 'utf8').replace(/\s+/g, ' ');
    const reasons = [...DEVIATIONS.map(({ reason }) => reason), MISSING];
    expect(reasons.filter((reason) => !text.includes(reason))).to.deep.equal([]);
  });
});
