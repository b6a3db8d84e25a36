import type { GuestPlace } from './reach-steps.js';
import type { NumberValue } from './values.js';

/** A guest whose clock is shifted, and the file on this machine that knows how it was before. */
export interface TimePlace extends GuestPlace {
  record: string;
}

/** Asks the guest how its clock is kept and writes that down before anything is changed. */
export interface TimeSaveArgs extends TimePlace {
  name: string;
  /** Of the VM's firmware: tells it from another one that got its number later. */
  uuid: string;
  /** Name of the context, for whoever restores it by itself. */
  context?: string;
  /** Milliseconds since 1970. */
  to: number;
  reason?: string;
  /** Put back as soon as the process that began it is gone: `pmx time run`. */
  transient?: boolean;
  /** Milliseconds from then on until it is put back by itself. */
  restoreAfter?: number;
  /** The hardware clock is written, too, and the NTP service does not come back with a reboot. */
  persist?: boolean;
  /** In the mode of the hardware clock: no guest is asked, for it may not have an agent. */
  rtc?: ColdState;
}

/** How a VM was before its hardware clock was shifted. */
export interface ColdState {
  /** Of its configuration; null when it begins with the present. */
  startdate: string | null;
  running: boolean;
}

/** Undo of it: what this operation wrote down goes. */
export type TimeDiscardArgs = TimePlace;

/** Which of the states that were written down: before this shift, or before the first one. */
export type SavedState = 'last' | 'first';

/** Stops the NTP services that run, or brings them back to how they were. */
export interface TimeServicesArgs extends TimePlace {
  running: boolean;
  of: SavedState;
}

/** Sets the clock and reads it back. */
export interface TimeSetArgs extends TimePlace {
  /** A moment, or the distance from this machine's clock that was written down. */
  to: number | SavedState;
  /** Write the hardware clock as well. */
  rtc?: boolean;
}

/** The clock is still where it was set: from now on the shift stays open. */
export interface TimeKeepArgs extends TimePlace {
  /** Milliseconds that the guest is ahead. */
  offset: NumberValue;
}

/** How far the clock is from where it was. */
export interface TimeMeasureArgs extends TimePlace {
  of: SavedState;
  /** It was started cold: seconds in which its agent may appear. Without one nothing is measured. */
  agentSeconds?: number;
}

/** The shift is being worked at, so that `--due` finds it after a crash; or it stays open. */
export interface TimeMarkArgs extends TimePlace {
  state: 'shifting' | 'open';
}

/** A timer of the user's systemd, and the service it starts: paths of their files. */
export interface TimeTimerFiles {
  timer: string;
  service: string;
}

/** Restores when the record says. */
export interface TimeTimerArgs extends TimePlace, TimeTimerFiles {
  context?: string;
}

export interface TimeStepArgs {
  'time.save': TimeSaveArgs;
  'time.discard': TimeDiscardArgs;
  'time.services': TimeServicesArgs;
  'time.set': TimeSetArgs;
  'time.keep': TimeKeepArgs;
  'time.measure': TimeMeasureArgs;
  'time.mark': TimeMarkArgs;
  'time.timer': TimeTimerArgs;
  'time.timer-off': TimeTimerFiles;
}
