/** Who has to act, told by the exit code. Scripts rely on these numbers: they never change meaning. */
export const ExitCode = {
  ok: 0,
  request: 1,
  surroundings: 2,
  proxmox: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The one table behind `pmx help exit-codes`, the documentation and the tests. */
export const exitCodeTable: ReadonlyArray<{ code: ExitCode; name: string; meaning: string }> = [
  { code: 0, name: 'ok', meaning: 'Done.' },
  {
    code: 1,
    name: 'request',
    meaning:
      'The request is wrong: usage, validation, unknown name, declined, missing secret. Nothing was changed.',
  },
  {
    code: 2,
    name: 'surroundings',
    meaning:
      'The surroundings failed: network, TLS, time-out, local file, missing tool, bug in pmx.',
  },
  {
    code: 3,
    name: 'proxmox',
    meaning:
      'Proxmox VE said no: API error, missing permission, failed task, or some targets of several failed.',
  },
  { code: 130, name: 'interrupted', meaning: 'Interrupted with Ctrl-C (or SIGTERM).' },
];
