/** Comparing versions as npm does, for the ranges that package.json files have. Nothing else is needed at start-up. */
interface Version {
  parts: readonly [number, number, number];
  prerelease: boolean;
}

interface Bound {
  operator: '>=' | '>' | '<' | '<=' | '=';
  version: Version;
}

/** True when `version` lies in `range`; a range that nobody can read keeps nothing out. */
export function satisfies(version: string, range: string): boolean {
  const own = parse(version);
  const sets = parseRange(range);
  if (!own || !sets) return true;
  return sets.some((set) => set.every((bound) => holds(own, bound)));
}

/** The lowest version that a range lets in; undefined when it has no lower end. */
export function lowest(range: string): string | undefined {
  const lows = (parseRange(range) ?? []).map(
    (set) => set.find(({ operator }) => operator !== '<' && operator !== '<=')?.version,
  );
  if (lows.length === 0 || lows.some((low) => low === undefined)) return undefined;
  const [first] = (lows as Version[]).sort(compare);
  return first!.parts.join('.');
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [parse(a), parse(b)];
  return first && second ? compare(first, second) : 0;
}

function parse(text: string): Version | undefined {
  const match = /^v?(\d+)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(-[\w.-]+)?(?:\+[\w.-]+)?$/.exec(text);
  if (!match) return undefined;
  const number = (part: string | undefined): number => Number(part ?? 0) || 0;
  return {
    parts: [number(match[1]), number(match[2]), number(match[3])],
    prerelease: match[4] !== undefined,
  };
}

function compare(a: Version, b: Version): number {
  for (const [index, part] of a.parts.entries())
    if (part !== b.parts[index]) return part - b.parts[index]!;
  return Number(b.prerelease) - Number(a.prerelease);
}

function holds(version: Version, { operator, version: other }: Bound): boolean {
  const order = compare(version, other);
  if (operator === '=') return order === 0;
  if (operator.startsWith('>')) return order > 0 || (operator === '>=' && order === 0);
  return order < 0 || (operator === '<=' && order === 0);
}

/** Alternatives, each of bounds that all have to hold; undefined for what is no range of versions. */
function parseRange(range: string): Bound[][] | undefined {
  const sets: Bound[][] = [];
  for (const alternative of range.split('||')) {
    const words = alternative
      .trim()
      .replaceAll(/([<>=~^]+)\s+/g, '$1')
      .replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2')
      .split(/\s+/)
      .filter((word) => word !== '');
    const bounds = words.map(boundsOf);
    if (bounds.some((each) => each === undefined)) return undefined;
    sets.push(bounds.flat() as Bound[]);
  }
  return sets;
}

function boundsOf(word: string): Bound[] | undefined {
  if (/^(?:[x*]|latest)$/.test(word)) return [];
  const [, operator = '', text = ''] = /^([<>=~^]*)(.*)$/.exec(word) ?? [];
  const version = parse(text);
  if (!version) return undefined;
  const given = text
    .split('-')[0]!
    .split('.')
    .filter((part) => /^v?\d+$/.test(part)).length;
  const [major, minor, patch] = version.parts;
  const below = (parts: [number, number, number]): Bound[] => [
    { operator: '>=', version },
    // What comes before 2.0.0 does not include 2.0.0-beta.
    { operator: '<', version: { parts, prerelease: true } },
  ];
  switch (operator) {
    case '^':
      if (major > 0 || given === 1) return below([major + 1, 0, 0]);
      return minor > 0 || given === 2 ? below([0, minor + 1, 0]) : below([0, 0, patch + 1]);
    case '~':
      return given === 1 ? below([major + 1, 0, 0]) : below([major, minor + 1, 0]);
    case '':
    case '=':
      if (given === 3) return [{ operator: '=', version }];
      return given === 1 ? below([major + 1, 0, 0]) : below([major, minor + 1, 0]);
    case '>':
    case '>=':
    case '<':
    case '<=':
      return [{ operator, version }];
    default:
      return undefined;
  }
}
