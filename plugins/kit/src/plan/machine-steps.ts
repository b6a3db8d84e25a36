/** Lines of pmx in a file of the user, between two lines that say so. */
export interface FileBlockArgs {
  file: string;
  /** What the two lines name. */
  marker: string;
  /** Null: take them out. */
  lines: readonly string[] | null;
}

/** A line of the user's crontab that is one schedule's. */
export interface ScheduleCronArgs {
  name: string;
  /** Null: take it out. */
  line: string | null;
}

export interface TimerUnits {
  service: string;
  timer: string;
}

/** A timer of the user's systemd that is one schedule's. */
export interface ScheduleTimerArgs {
  name: string;
  /** Of the user's units. */
  folder: string;
  /** Texts of the files; null: stop it and take them away. */
  units: TimerUnits | null;
}

export interface MachineStepArgs {
  'file.block': FileBlockArgs;
  'schedule.cron': ScheduleCronArgs;
  'schedule.timer': ScheduleTimerArgs;
}
