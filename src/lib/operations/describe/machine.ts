import type { Effect } from '@pmx-cli/kit';

/** Lines of a dry run for the steps that change files of this machine. */
export function machineLines(effect: Effect): string[] {
  switch (effect.kind) {
    case 'file.block':
      return [`in ${effect.args.file}`, ...(effect.args.lines ?? []).map((line) => `  ${line}`)];
    case 'schedule.cron':
      return effect.args.line === null ? [] : [effect.args.line];
    case 'schedule.timer': {
      const { folder, units } = effect.args;
      if (units === null) return [`in ${folder}`];
      const lines = `${units.service}\n${units.timer}`.split('\n').filter((line) => line !== '');
      return [`in ${folder}`, ...lines.map((line) => `  ${line}`)];
    }
    default:
      return [];
  }
}
