import type { Choice, Inventory, Prompter, Storage } from '@pmx-cli/kit';

/** What new guests of a context get when nothing is said. */
export interface Places {
  node?: string;
  storage?: string;
}

/** Has a blank, which no node and no storage may have. */
const none = 'no default';

/** Asks where there is something to choose from; what was chosen before stands first. */
export async function choosePlaces(
  inventory: Inventory,
  prompt: Prompter,
  before: Places,
): Promise<Places> {
  const nodes = (await inventory.nodes())
    .filter(({ status }) => status === 'online')
    .map(({ node }) => node)
    .sort();
  const node = await choose(
    prompt,
    'Node for new guests',
    nodes.map((value) => ({ value })),
    'the one with the most free memory',
    before.node,
  );
  const storages = (await inventory.storages(node)).filter(
    ({ content, active }) => content.includes('images') && active !== false,
  );
  const storage = await choose(
    prompt,
    'Storage for their disks',
    storageChoices(storages, node === undefined ? nodes : [node]),
    'that of the template, or say it with --storage',
    before.storage,
  );
  return { ...(node !== undefined && { node }), ...(storage !== undefined && { storage }) };
}

async function choose(
  prompt: Prompter,
  question: string,
  choices: readonly Choice[],
  otherwise: string,
  before: string | undefined,
): Promise<string | undefined> {
  // Of one there is no choice, and pmx finds it by itself.
  if (choices.length < 2) return choices.some(({ value }) => value === before) ? before : undefined;
  const usual = choices.filter(({ value }) => value === before);
  const chosen = await prompt.choose(question, [
    ...usual,
    { value: none, hint: otherwise },
    ...choices.filter((choice) => !usual.includes(choice)),
  ]);
  return chosen === none ? undefined : chosen;
}

/** Each name once, with the nodes that have it where not all do. */
function storageChoices(storages: readonly Storage[], nodes: readonly string[]): Choice[] {
  const names = [...new Set(storages.map(({ storage }) => storage))].sort();
  return names.map((value) => {
    const same = storages.filter(({ storage }) => storage === value);
    const missing = nodes.some((node) => !same.some((one) => one.node === node));
    const where = missing ? `, only on ${same.map(({ node }) => node).join(', ')}` : '';
    return { value, hint: `${same[0]!.type}${same[0]!.shared ? ', shared' : ''}${where}` };
  });
}
