export {
  createFakeHost,
  type FakeHost,
  type FakeHostOptions,
  type FakeGuest,
} from './fake-host.js';
export type { FakeServer } from './fake-access.js';
export type { FakeRun } from './fake-operations.js';
export type { FakeRoute, FakeRoutes } from './fake-reader.js';
export { type Recording } from './recording.js';
export {
  type CommandClass,
  type CommandRun,
  type FakeHooks,
  runCommand,
  type RunCommandOptions,
} from './run-command.js';
