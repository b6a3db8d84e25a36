export type { TargetResult } from './bulk/run-many.js';
export { ChangeCommand, type DryRun } from './change-command.js';
export { GuestChangeCommand } from './guest-command.js';
export { selectGuests, type TargetWords } from './guest-targets.js';
export { ListCommand } from './list-command.js';
export { noPlan, PmxCommand } from './pmx-command.js';
export { type Rehearsed, rehearseLine } from './rehearse-line.js';
export { shellWords } from './shell-words.js';
export { ShowCommand } from './show-command.js';
