import type { Plan } from '../plan/index.js';
import type { QueryParams } from '../pve/index.js';
import type { DryRunStyle, RunOptions } from '../host/index.js';

/** All that a command did with a fake host, in order. */
export interface Recording {
  /** What was printed as the result, with `--json` the document. May hold line ends. */
  stdout: string[];
  /** Notes, warnings, impacts and errors. */
  stderr: string[];
  /** Values of `--json`; a command prints exactly one. */
  documents: unknown[];
  /** GETs, as asked for. */
  requests: Array<{ path: string; params?: QueryParams }>;
  /** Plans that were carried out. */
  runs: Array<{ plan: Plan; options: RunOptions }>;
  /** Plans that a dry run showed. */
  described: Array<{ plan: Plan; style: DryRunStyle }>;
  /** Questions that were asked. */
  prompts: string[];
  /** Logins that were tried. */
  logins: Array<{ endpoint: string; who: string }>;
  /** Sessions that were opened and closed again. */
  opened: number;
  closed: number;
}

export function newRecording(): Recording {
  return {
    stdout: [],
    stderr: [],
    documents: [],
    requests: [],
    runs: [],
    described: [],
    prompts: [],
    logins: [],
    opened: 0,
    closed: 0,
  };
}
