/** The last word of a command → what admins type for it out of habit (ls, qm, kubectl). */
const habits: Readonly<Record<string, readonly string[]>> = {
  list: ['ls'],
  delete: ['rm', 'destroy'],
  reboot: ['restart'],
};

/**
 * Other names of a command, the same for every noun: `vm:delete` → `vm:rm`, `vm:destroy`. Names that
 * only one command has (`node status` for `node show`) stand in its own `static aliases`.
 */
export function habitualNames(id: string | undefined): string[] {
  const [verb = '', ...nouns] = (id ?? '').split(':').reverse();
  if (nouns.length === 0 || !Object.hasOwn(habits, verb)) return [];
  return habits[verb]!.map((word) => [...nouns.toReversed(), word].join(':'));
}
