import type { ChildProcess } from 'node:child_process';

import { type Outcome, outcomeOf } from '../e2e/support.ts';
import { differences, type Picture, withoutChance } from './picture.ts';
import type { Row } from './rows.ts';
import { type Stage, until } from './stage.ts';
import type { StepFacts } from './steps.ts';

/** The two states that may be left. */
export interface Ends {
  before: Picture;
  after: Picture;
}

/** One thing that happens to one step. */
export interface Cell {
  title: string;
  /** @returns what is wrong; nothing: all is as it must be */
  run(stage: Stage, row: Row, ends: Ends): Promise<string[]>;
}

interface Ending {
  state: 'before' | 'after' | 'neither';
  statuses: string[];
  problems: string[];
}

const slowSeconds = 0.5;
const delaySeconds = 0.25;

/** Runs one cell on a fresh copy of the world. */
export async function play(cell: Cell, stage: Stage, row: Row, ends: Ends): Promise<string[]> {
  try {
    return (await cell.run(stage, row, ends)).map((problem) => `${cell.title}: ${problem}`);
  } catch (error) {
    return [`${cell.title}: ${(error as Error).stack}`];
  } finally {
    await stage.close();
  }
}

/**
 * What happens to a step. Not `full`: one failure, one Ctrl-C, one kill that is rolled back and one that
 * is resumed; `turn` decides which, so that over all steps everything comes up.
 */
export function cellsOf(step: StepFacts, turn: number, full: boolean): Cell[] {
  const kinds = [
    failures(step),
    interrupts(step),
    kills(step, 'rollback'),
    // Not at the same moment as the one that is rolled back.
    rotated(kills(step, 'resume'), 1),
  ];
  return kinds.flatMap((cells) => (full ? cells : rotated(cells, turn).slice(0, 1)));
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

function failures({ id, gate, hasTask }: StepFacts): Cell[] {
  if (!gate) return [];
  const { nth, ...request } = gate;
  const rule = (action: object) => [{ id: 'cell', match: { ...request, nth }, action }];
  const faults: Array<[string, object]> = [
    ['is refused', { type: 'status', status: 500, message: 'refused by the matrix' }],
    ['does not arrive', { type: 'reset' }],
    ['loses its answer', { type: 'reset', after: true }],
    ...(hasTask
      ? ([
          ['fails half way', { type: 'task-fail', percent: 50, message: 'failed by the matrix' }],
        ] as Array<[string, object]>)
      : []),
  ];
  return faults.map(([what, action]) => ({
    title: `${id} ${what}`,
    run: async (stage, row, ends) => {
      await stage.putFaults(rule(action));
      const outcome = await stage.pmx([...row.call(stage), '--json'], row.input);
      const fired = await stage.fired('cell');
      const ending = await endingOf(stage, ends);
      return [
        ...(fired === 0 ? ['the fault never came'] : []),
        ...manners(outcome),
        ...judge(
          row,
          ending,
          outcome,
          outcome.code === 0 ? ['completed'] : ['rolled-back', 'completed'],
        ),
      ];
    },
  }));
}

interface Moment {
  title: string;
  rules: object[];
  /** Returns when the moment has come. */
  comes(stage: Stage): Promise<void>;
}

/** The server is at it, and answers soon. */
function whileSent({ gate }: StepFacts): Moment[] {
  if (!gate) return [];
  const { nth, ...request } = gate;
  const action = { type: 'delay', seconds: delaySeconds };
  return [
    {
      title: 'its request is under way',
      rules: [{ id: 'cell', match: { ...request, nth }, action }],
      comes: (stage) => until(async () => (await stage.fired('cell')) > 0, 'the request'),
    },
  ];
}

/** No answer has come, and nobody knows whether the server did it: it did not, or it did. */
function withoutAnswer({ gate }: StepFacts): Moment[] {
  if (!gate) return [];
  const { nth, ...request } = gate;
  return [false, true].map((after) => ({
    title: after ? 'it is done and not answered' : 'its request does not arrive',
    rules: [{ id: 'cell', match: { ...request, nth }, action: { type: 'timeout', after } }],
    comes: async (stage) => {
      await until(async () => (await stage.fired('cell')) > 0, 'the request');
      if (after) await stage.rest();
    },
  }));
}

function whileTaskRuns({ id, gate, hasTask }: StepFacts): Moment[] {
  if (!gate || !hasTask) return [];
  const { nth, ...request } = gate;
  const action = { type: 'task-slow', seconds: slowSeconds };
  const line = new RegExp(`"event":"task","step":"${escaped(id)}"`);
  return [
    {
      title: 'its task runs',
      rules: [{ id: 'cell', match: { ...request, nth }, action }],
      comes: (stage) => until(() => line.test(stage.journal()), 'the task'),
    },
  ];
}

/** A step that does nothing on the server: as soon as it has begun. */
function onceBegun({ id, gate }: StepFacts): Moment[] {
  if (gate) return [];
  const line = new RegExp(`"event":"step-started","step":"${escaped(id)}"`);
  return [
    {
      title: 'it has begun',
      rules: [],
      comes: (stage) => until(() => line.test(stage.journal()), 'the step'),
    },
  ];
}

function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function interrupts(step: StepFacts): Cell[] {
  const moments = [...whileSent(step), ...whileTaskRuns(step), ...onceBegun(step)];
  return moments.map((moment) => ({
    title: `Ctrl-C in ${step.id} while ${moment.title}`,
    run: async (stage, row, ends) => {
      const outcome = await signalled(stage, row, moment, 'SIGINT');
      const ending = await endingOf(stage, ends);
      const late = outcome.code === 0 && ending.state === 'after';
      return [
        ...(outcome.code === 130 || late ? [] : [`exit ${outcome.code} instead of 130`]),
        ...manners(outcome),
        ...judge(row, ending, outcome, late ? ['completed'] : ['rolled-back', 'completed']),
      ];
    },
  }));
}

function kills(step: StepFacts, verb: 'rollback' | 'resume'): Cell[] {
  const moments = [...withoutAnswer(step), ...whileTaskRuns(step), ...onceBegun(step)];
  return moments.map((moment) => ({
    title: `kill -9 in ${step.id} while ${moment.title}, then ${verb}`,
    run: async (stage: Stage, row: Row, ends: Ends) => {
      await signalled(stage, row, moment, 'SIGKILL');
      await stage.clearFaults();
      const operations = stage.operations();
      const [open, ...more] = operations.filter(({ status }) => status === 'interrupted');
      // A local step may be over before anybody can end the process.
      if (!open && step.gate === undefined) return judgeLate(await endingOf(stage, ends));
      if (!open || more.length > 0)
        return [`the journal says ${operations.map(({ status }) => status).join(', ')}`];
      return takeUp(stage, row, ends, open.id, verb);
    },
  }));
}

function judgeLate({ state, statuses, problems }: Ending): string[] {
  return state === 'after' && statuses.join() === 'completed'
    ? problems
    : [`ended as ${statuses.join(', ')}, and left ${state}`, ...problems];
}

async function takeUp(
  stage: Stage,
  row: Row,
  ends: Ends,
  id: string,
  verb: 'rollback' | 'resume',
): Promise<string[]> {
  let outcome = await stage.pmx(['op', verb, id, '--yes', '--json']);
  // What a journal never holds is asked for again by starting anew.
  if (verb === 'resume' && row.secret && outcome.stdout.includes('PMX_SECRET_GONE'))
    outcome = await stage.pmx(['op', 'rollback', id, '--yes', '--json']);
  const ending = await endingOf(stage, ends);
  const allowed = verb === 'resume' && !row.secret ? ['completed'] : ['rolled-back', 'completed'];
  return [
    ...(outcome.code === 0 || isHonest(row, outcome)
      ? []
      : [`op ${verb} ended with ${outcome.code}: ${told(outcome)}`]),
    ...manners(outcome),
    ...judge(row, ending, outcome, allowed),
  ];
}

async function signalled(
  stage: Stage,
  row: Row,
  moment: Moment,
  signal: 'SIGINT' | 'SIGKILL',
): Promise<Outcome> {
  await stage.putFaults(moment.rules);
  const child: ChildProcess = stage.spawn([...row.call(stage), '--json'], row.input);
  const ended = outcomeOf(child);
  const early = ended.then((outcome) => {
    throw new Error(`it ended before the moment came: exit ${outcome.code} ${told(outcome)}`);
  });
  early.catch(() => undefined);
  await Promise.race([moment.comes(stage), early]).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  child.kill(signal);
  return ended;
}

/** Everything at rest: what is there, what the journals say, what does not fit together. */
async function endingOf(stage: Stage, ends: Ends): Promise<Ending> {
  await stage.rest();
  const problems = await stage.inconsistencies();
  const statuses = stage.operations().map(({ status }) => status);
  const picture = await stage.picture();
  const toBefore = differences(ends.before, picture);
  if (toBefore.length === 0) return { state: 'before', statuses, problems };
  const toAfter = differences(withoutChance(ends.after), withoutChance(picture));
  if (toAfter.length === 0) return { state: 'after', statuses, problems };
  const nearer = toAfter.length < toBefore.length ? 'after' : 'before';
  const list = (nearer === 'after' ? toAfter : toBefore).slice(0, 12);
  const text = `nearer to ${nearer}, but:\n    ${list.join('\n    ')}`;
  return { state: 'neither', statuses, problems: [...problems, text] };
}

const stateOf = { 'rolled-back': 'before', completed: 'after' } as Record<string, string>;

/** Nobody can tell, and pmx says so. */
function isHonest({ unknowable }: Row, { stdout }: Outcome): boolean {
  return unknowable === true && stdout.includes('PMX_OUTCOME_UNKNOWN');
}

/** The journal's word, the exit code and the cluster have to agree. */
function judge(row: Row, ending: Ending, outcome: Outcome, allowed: readonly string[]): string[] {
  const { state, statuses, problems } = ending;
  // Nothing was begun: only the state can tell.
  const status = statuses.length === 0 ? 'rolled-back' : statuses.join(', ');
  const right = isHonest(row, outcome)
    ? (status === 'interrupted' && state !== 'neither') ||
      (status === 'rolled-back' && state === 'before')
    : allowed.includes(status) && (row.still ? state !== 'neither' : stateOf[status] === state);
  return [
    ...(right ? [] : [`the journal says ${status}, the cluster is ${state}: ${told(outcome)}`]),
    ...problems,
  ];
}

const crash = /\b(?:TypeError|ReferenceError|RangeError|Cannot read properties|unhandled)\b/i;

/** One JSON document, an exit code of the table, no stack. */
function manners({ code, stdout, stderr }: Outcome): string[] {
  const bad: string[] = [];
  if (code === null || ![0, 1, 2, 3, 130].includes(code)) bad.push(`exit ${code}`);
  if (crash.test(stdout + stderr)) bad.push(`a crash: ${stdout}${stderr}`);
  try {
    JSON.parse(stdout);
  } catch {
    bad.push(`no JSON: ${stdout}${stderr}`);
  }
  return bad;
}

function told({ code, stdout, stderr }: Outcome): string {
  const text = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
  return `exit ${code} ${text.length > 600 ? `${text.slice(0, 600)}…` : text}`;
}
