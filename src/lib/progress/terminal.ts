import type { Output } from '@pmx-cli/kit';
import { Listr, ListrLogger, type ListrTask, type ListrTaskWrapper, ProcessOutput } from 'listr2';

import type { EngineEvent } from '../operations/engine/events.js';
import type { Progress } from './types.js';

type Wrapper = ListrTaskWrapper<unknown, never, never>;

interface Slot {
  begun: Promise<Wrapper>;
  onBegin(wrapper: Wrapper): void;
  settle: { resolve(): void; reject(error: Error): void };
  ended: Promise<void>;
  settled: boolean;
}

/**
 * A live list of steps. listr2 would exit the process on SIGINT and knows nothing of our undo, so
 * it only draws: each of its tasks waits for the engine's event (facts: listr2 11, #SIGINT).
 */
export function terminalProgress(output: Output): Progress {
  let board: Board | undefined;
  // listr2 takes over stderr while it draws, so one list begins only when the one before has ended.
  let drawn = Promise.resolve();
  const open = (steps: ReadonlyArray<{ id: string; title: string }>, heading?: string): void => {
    board?.skipRest();
    board = new Board(
      steps,
      drawn.then(() => {
        if (heading !== undefined) output.note(heading);
      }),
    );
    drawn = board.drawn;
  };
  return {
    listener(event: EngineEvent) {
      if (event.type === 'begun') open(event.steps);
      else if (event.type === 'undo-begun') open(event.steps, 'Taking back:');
      else if (event.type === 'ended') board?.skipRest();
      else board?.handle(event);
    },
    async end() {
      board?.skipRest();
      await drawn;
    },
  };
}

type StepEvent = Extract<EngineEvent, { id: string }>;

class Board {
  readonly drawn: Promise<void>;
  readonly #slots = new Map<string, Slot>();

  constructor(steps: ReadonlyArray<{ id: string; title: string }>, turn: Promise<void>) {
    const tasks = steps.map(({ id, title }): ListrTask => {
      const slot = newSlot();
      this.#slots.set(id, slot);
      return {
        title,
        task: async (_context, wrapper) => {
          slot.onBegin(wrapper as unknown as Wrapper);
          await slot.ended;
        },
      };
    });
    this.drawn = turn
      .then(() => draw(tasks))
      .then(
        () => undefined,
        () => undefined,
      );
  }

  handle(event: StepEvent): void {
    const slot = this.#slots.get(event.id);
    if (!slot) return;
    if (event.type === 'step-progress') {
      void slot.begun.then((wrapper) => (wrapper.output = event.text));
    } else if (event.type === 'step-done') {
      slot.settled = true;
      slot.settle.resolve();
    } else if (event.type === 'step-failed') {
      slot.settled = true;
      slot.settle.reject(new Error(event.message));
    }
  }

  skipRest(): void {
    for (const slot of this.#slots.values()) {
      if (slot.settled) continue;
      slot.settled = true;
      void slot.begun.then((wrapper) => wrapper.skip());
      slot.settle.resolve();
    }
  }
}

function draw(tasks: ListrTask[]): Promise<unknown> {
  // Made when drawing begins: it remembers how stderr is written to, which the list before changes.
  const logger = new ListrLogger({
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const list = new Listr(tasks, {
    exitOnError: false,
    registerSignalListeners: false,
    // Without a terminal on stdout (`pmx … > file`) listr2 would draw there, by its simple renderer.
    fallbackRendererOptions: { logger },
    rendererOptions: { logger, collapseErrors: false, showErrorMessage: true, timer: undefined },
  });
  return list.run();
}

function newSlot(): Slot {
  const begun = Promise.withResolvers<Wrapper>();
  const ended = Promise.withResolvers<void>();
  // A rejection that arrives before listr2 has begun the task must not end the process.
  ended.promise.catch(() => {});
  return {
    begun: begun.promise,
    onBegin: begun.resolve,
    settle: ended,
    ended: ended.promise,
    settled: false,
  };
}
