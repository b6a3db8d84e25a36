/** What `pmx time …` tells the hooks of plugins about one shift. */
export interface TimeShiftContext {
  vmid: number;
  name: string;
  node: string;
  /** ISO 8601. */
  to: string;
  reason: string | undefined;
}

/**
 * A hook of a plugin for `pmx:time:validate-target` (while planning, also of a dry run),
 * `pmx:time:pre-shift` (before anything is changed) or `pmx:time:post-shift` (afterwards).
 *
 * Returning a veto, or throwing, in one of the first two stops the command: nothing was changed then.
 */
export type TimeHook = (options: {
  shift: TimeShiftContext;
}) => Promise<{ veto: string } | undefined | void>;
