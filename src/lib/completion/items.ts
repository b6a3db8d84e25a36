/** One value to choose, and what a person reads beside it. */
export interface Item {
  value: string;
  description?: string;
}

/** Rows of /cluster/resources, with what completion needs of them. */
export interface ResourceRow {
  type: string;
  vmid?: number;
  name?: string;
  node?: string;
  status?: string;
  template?: boolean;
  tags?: string[];
  pool?: string;
  storage?: string;
  content?: string[];
}

/**
 * Names, or ids where a digit was typed: both are what commands take. A name that several guests
 * have stands for none of them, so those are offered by id.
 */
export function guestItems(
  rows: readonly ResourceRow[],
  { type, template }: { type?: 'qemu' | 'lxc'; template?: boolean },
  typed: string,
): Item[] {
  const guests = rows.filter(
    (row) =>
      (row.type === 'qemu' || row.type === 'lxc') &&
      (type === undefined || row.type === type) &&
      (template === undefined || (row.template === true) === template),
  );
  const count = new Map<string, number>();
  for (const { name = '' } of guests) count.set(name, (count.get(name) ?? 0) + 1);
  return guests.map(({ vmid, name = '', node, status, type: kind }) => {
    const noun = kind === 'lxc' ? 'container' : 'VM';
    const where = [node && `on ${node}`, status].filter(Boolean).join(', ');
    return /^\d/.test(typed) || name === '' || count.get(name) !== 1
      ? { value: String(vmid), description: [name, where].filter(Boolean).join(' ') }
      : { value: name, description: `${noun} ${vmid} ${where}`.trim() };
  });
}

export function nodeItems(rows: readonly ResourceRow[]): Item[] {
  return rows
    .filter(({ type, node }) => type === 'node' && node !== undefined)
    .map(({ node, status }) => ({ value: node!, ...(status && { description: status }) }));
}

/** Each storage once, also where every node has one of that name. */
export function storageItems(rows: readonly ResourceRow[], content?: string): Item[] {
  const found = new Map<string, string>();
  for (const row of rows) {
    if (row.type !== 'storage' || row.storage === undefined) continue;
    if (content !== undefined && !row.content?.includes(content)) continue;
    found.set(row.storage, row.content?.join(' ') ?? '');
  }
  return [...found].map(([value, description]) => ({ value, description }));
}

export function poolItems(rows: readonly ResourceRow[]): Item[] {
  return rows
    .filter(({ type, pool }) => type === 'pool' && pool !== undefined)
    .map(({ pool }) => ({ value: pool! }));
}

export function tagItems(rows: readonly ResourceRow[]): Item[] {
  const count = new Map<string, number>();
  for (const tag of rows.flatMap(({ tags = [] }) => tags))
    count.set(tag, (count.get(tag) ?? 0) + 1);
  return [...count].map(([value, guests]) => ({
    value,
    description: guests === 1 ? '1 guest' : `${guests} guests`,
  }));
}

const keys: Readonly<Record<string, (rows: readonly ResourceRow[]) => Item[]>> = {
  tag: tagItems,
  node: nodeItems,
  pool: poolItems,
  status: () => ['running', 'stopped', 'paused'].map((value) => ({ value })),
  name: (rows) => guestItems(rows, {}, ''),
  lock: () => ['backup', 'clone', 'migrate', 'snapshot', 'suspended'].map((value) => ({ value })),
};

/** `tag=web,st|`: keys, and behind `=` their values. */
export function selectorItems(rows: readonly ResourceRow[], typed: string): Item[] {
  const [, key, operator] = /^(\w+)(!?=)/.exec(typed) ?? [];
  if (key === undefined) return Object.keys(keys).map((name) => ({ value: `${name}=` }));
  return (keys[key]?.(rows) ?? []).map(({ value, ...rest }) => ({
    value: `${key}${operator}${value}`,
    ...rest,
  }));
}
