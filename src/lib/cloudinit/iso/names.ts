import type { DirectoryNode, IsoNode } from './tree.js';

/** How the entries of a directory are called in one of the two directory hierarchies of a volume. */
export interface Naming {
  /** The identifiers of all children, in the order in which the volume must list them. */
  identify(directory: DirectoryNode): Array<{ node: IsoNode; identifier: Buffer }>;
}

/** ISO 9660 level 1: 8 + 3 characters A–Z, 0–9 and _, made unique within the directory. */
export const primaryNaming: Naming = {
  identify(directory) {
    const used = new Set<string>();
    return directory.children
      .map((node) => {
        const base = unique(node, used);
        const identifier = node.kind === 'directory' ? base : `${base};1`;
        return { node, identifier: Buffer.from(identifier, 'latin1') };
      })
      .sort((a, b) => Buffer.compare(a.identifier, b.identifier));
  },
};

/** Joliet level 3: the name itself in big-endian UCS-2. Files have the version `;1`, as in ECMA-119. */
export const jolietNaming: Naming = {
  identify(directory) {
    return [...directory.children].sort(compareJoliet).map((node) => ({
      node,
      identifier: ucs2(node.kind === 'file' ? `${node.name};1` : node.name),
    }));
  },
};

/** Big-endian UCS-2. Characters beyond the BMP become surrogate pairs, as every reader expects. */
export function ucs2(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/** ECMA-119, 9.3: by the name up to the last dot, then by the extension; shorter first, so also "c" before "c.". */
function compareJoliet(a: IsoNode, b: IsoNode): number {
  const [nameA, nameB] = [splitName(a.name), splitName(b.name)];
  return (
    Buffer.compare(ucs2(nameA.base), ucs2(nameB.base)) ||
    Buffer.compare(ucs2(nameA.extension), ucs2(nameB.extension)) ||
    Buffer.compare(ucs2(a.name), ucs2(b.name))
  );
}

function splitName(name: string): { base: string; extension: string } {
  const dot = name.lastIndexOf('.');
  return dot === -1
    ? { base: name, extension: '' }
    : { base: name.slice(0, dot), extension: name.slice(dot + 1) };
}

function unique(node: IsoNode, used: Set<string>): string {
  const { base, extension } =
    node.kind === 'file' ? splitName(node.name) : { base: node.name, extension: '' };
  const shortBase = dCharacters(base, 8) || '_';
  const shortExtension = dCharacters(extension, 3);
  for (let attempt = 0; ; attempt += 1) {
    const suffix = attempt === 0 ? '' : String(attempt);
    const candidate = shortBase.slice(0, 8 - suffix.length) + suffix;
    // A directory "A" and a file "A." must differ as well.
    const key = `${candidate}.${shortExtension}`;
    if (used.has(key)) continue;
    used.add(key);
    return node.kind === 'directory' ? candidate : key;
  }
}

function dCharacters(text: string, length: number): string {
  return text
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .slice(0, length);
}
