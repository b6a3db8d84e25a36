import { AsyncLocalStorage } from 'node:async_hooks';

/** What a request does to the task that it starts. */
export interface TaskFault {
  fail?: { percent: number; message: string };
  warnings: string[];
  /** It takes that much longer. */
  slowMillis: number;
  /** The server gives up on its worker before that has done anything. */
  lost: boolean;
}

/** Holds the fault from the request to the task, through handlers that need not know of it. */
const scope = new AsyncLocalStorage<{ fault: TaskFault | undefined }>();

/** Runs a handler whose first task gets the fault. */
export function withTaskFault<T>(
  fault: TaskFault | undefined,
  action: () => Promise<T>,
): Promise<T> {
  return fault === undefined ? action() : scope.run({ fault }, action);
}

/** The fault for a task that starts now; a second task of the same request gets none. */
export function takeTaskFault(): TaskFault | undefined {
  const held = scope.getStore();
  const fault = held?.fault;
  if (held) held.fault = undefined;
  return fault;
}
