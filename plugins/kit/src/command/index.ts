export { ChangeCommand, type DryRun, type TargetResult } from './change-command.js';
export { ListCommand } from './list-command.js';
export { PmxCommand } from './pmx-command.js';
export { ShowCommand } from './show-command.js';
