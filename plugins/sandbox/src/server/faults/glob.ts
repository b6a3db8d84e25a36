/**
 * Makes a pattern for API paths out of a glob: `*` stands for anything within one part of the path,
 * `**` for any number of parts.
 * @returns undefined when it is not one
 */
export function compileGlob(glob: string): RegExp | undefined {
  if (!/^\/(?:[\w.:@!%+~*-]+\/)*[\w.:@!%+~*-]*$/.test(glob) || /\*{3}/.test(glob)) return undefined;
  const parts = glob.split('/').slice(1);
  // `**` is a part of its own: in the middle of one it would be read two ways.
  if (parts.some((part) => part.includes('**') && part !== '**')) return undefined;
  const source = parts
    .map((part) =>
      part === '**'
        ? '(?:/[^/]+)*'
        : `/${part.replaceAll(/[.+]/g, String.raw`\$&`).replaceAll('*', '[^/]*')}`,
    )
    .join('');
  return new RegExp(`^${source}$`);
}

/** A path as rules see it: decoded, without doubled or trailing slashes. */
export function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return `/${parts.map(decoded).join('/')}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
