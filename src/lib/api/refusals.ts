interface Refusal {
  code: string;
  hints: readonly string[];
}

/**
 * Refusals that have a code and a next step of their own. PVE gives them as a 500, or in a task's exit
 * status, so only the text tells them apart.
 */
const refusals: ReadonlyArray<Refusal & { text: RegExp }> = [
  {
    text: /\bsnapshot name '[^']*' already used\b/,
    code: 'PMX_SNAPSHOT_EXISTS',
    hints: ['Take another name, or delete the old one first.'],
  },
  {
    text: /\bsnapshot '[^']*' does not exist\b/,
    code: 'PMX_SNAPSHOT_NOT_FOUND',
    hints: [],
  },
  {
    text: /\bsnapshot feature is not available\b/,
    code: 'PMX_SNAPSHOT_UNSUPPORTED',
    hints: ['pmx explain PMX_SNAPSHOT_UNSUPPORTED tells which storages can.'],
  },
  {
    text: /\bcan't remove (?:VM|CT) \d+ - protection mode enabled\b/,
    code: 'PMX_VM_PROTECTED',
    hints: ['pmx explain PMX_VM_PROTECTED tells how to lift the protection.'],
  },
  {
    text: /\bbase volume '[^']*' is still in use by linked clone/,
    code: 'PMX_TEMPLATE_IN_USE',
    hints: ['Linked clones stand on it: delete them first.'],
  },
];

/** What a refusal of the server means, if that is known. */
export function refusalOf(message: string): Refusal | undefined {
  const known = refusals.find(({ text }) => text.test(message));
  return known && { code: known.code, hints: known.hints };
}
