import type { PlanNode } from './steps.js';
import { type Json, ref, text, type Value } from './values.js';

/** Something that a change removes or leaves alone, shown before it happens. */
export interface ImpactItem {
  /** `VM`, `disk`, `cloud-init ISO`, `backup job` … */
  what: string;
  name: string;
  /** Size, or why it goes or stays. */
  detail?: string;
}

export interface Impact {
  removes: readonly ImpactItem[];
  keeps: readonly ImpactItem[];
}

/** A change before it happens: plain data, the same for dry run, execution, journal and undo. */
export interface Plan {
  /** Noun and verb, for example `vm.delete`. */
  operation: string;
  /** What it is about, for example `VM 101 (web-01)`. */
  target: string;
  /** One sentence: "Delete VM 101 (web-01) on node pve1". */
  title: string;
  steps: readonly PlanNode[];
  /** First values of the variables that steps refer to; the engine adds `operation`, its id. */
  variables?: { readonly [name: string]: Json };
  impact?: Impact;
  /** Why a person is asked although it can be taken back. */
  asks?: string;
  /** Worth knowing beforehand; not an error. */
  notes?: readonly string[];
  /** What the command returns when all steps are done. */
  result: Value;
  /** Values for `secretRef`s. Lives in memory only. */
  secrets?: { readonly [name: string]: string };
  /**
   * As `secrets`, but of a kind that may be shown: what somebody types for a guest, or what it
   * answers. `secretRef` finds it; no journal does.
   */
  held?: { readonly [name: string]: string };
  /** The plan changes nothing of a server, so no endpoint identity belongs to it. */
  local?: boolean;
  /** Takes up an earlier operation's journal instead of starting one. */
  continues?: { operationId: string; mode: 'rollback' | 'resume' | 'undo' };
}

const markerLabel = 'pmx-operation:';

/** The line in a guest's description that says which operation made it. */
export const markerLine = text`${markerLabel} ${ref('operation')}`;

/** True when `description` says that operation `operationId` made the guest. */
export function carriesMarker(description: string | undefined, operationId: string): boolean {
  return (description ?? '')
    .split('\n')
    .some((line) => line.trim() === `${markerLabel} ${operationId}`);
}
