/** A file for the volume. */
export interface IsoFile {
  /** Path inside the volume, `/` between the names, no leading slash: `openstack/latest/user_data`. */
  path: string;
  content: Uint8Array;
}

export interface FileNode {
  kind: 'file';
  name: string;
  content: Uint8Array;
}

export interface DirectoryNode {
  kind: 'directory';
  /** Empty for the root. */
  name: string;
  /** The root is its own parent, as in the path table. */
  parent: DirectoryNode;
  children: IsoNode[];
}

export type IsoNode = FileNode | DirectoryNode;

/** Longest name in Joliet, in UTF-16 units. */
const maxNameUnits = 64;
/** ECMA-119, 6.8.2.1: eight levels with the root. */
const maxLevels = 8;

/**
 * Arranges files as a tree.
 *
 * @throws RangeError for a path that no volume with Joliet can hold, or that is given twice. Paths
 *   are chosen by pmx, so this is a mistake in pmx and not of its user.
 */
export function buildTree(files: readonly IsoFile[]): DirectoryNode {
  const root = newDirectory('');
  for (const { path, content } of files) {
    const names = path.split('/');
    if (names.length > maxLevels) throw badPath(path, `has more than ${maxLevels} levels`);
    for (const name of names) checkName(path, name);
    const fileName = names.pop() ?? '';
    let directory = root;
    for (const name of names) directory = subdirectory(path, directory, name);
    if (directory.children.some((child) => child.name === fileName)) {
      throw badPath(path, 'is given twice, or is a directory too');
    }
    directory.children.push({ kind: 'file', name: fileName, content });
  }
  return root;
}

/** Every directory, parents before children. */
export function allDirectories(root: DirectoryNode): DirectoryNode[] {
  const found: DirectoryNode[] = [root];
  // The loop visits what it appends.
  for (const directory of found) found.push(...subdirectories(directory));
  return found;
}

export function subdirectories(directory: DirectoryNode): DirectoryNode[] {
  return directory.children.filter((child) => child.kind === 'directory');
}

/** Every file, in a fixed order. */
export function allFiles(root: DirectoryNode): FileNode[] {
  return allDirectories(root).flatMap((directory) =>
    directory.children.filter((child) => child.kind === 'file'),
  );
}

function subdirectory(path: string, directory: DirectoryNode, name: string): DirectoryNode {
  const existing = directory.children.find((child) => child.name === name);
  if (existing?.kind === 'directory') return existing;
  if (existing !== undefined) throw badPath(path, `goes through the file ${JSON.stringify(name)}`);
  const created = newDirectory(name, directory);
  directory.children.push(created);
  return created;
}

function newDirectory(name: string, parent?: DirectoryNode): DirectoryNode {
  const directory: Omit<DirectoryNode, 'parent'> & { parent?: DirectoryNode } = {
    kind: 'directory',
    name,
    children: [],
  };
  // The root cannot name itself before it exists.
  return Object.assign(directory, { parent: parent ?? (directory as DirectoryNode) });
}

function checkName(path: string, name: string): void {
  if (name === '' || name === '.' || name === '..') throw badPath(path, 'has an empty or dot name');
  if (name.length > maxNameUnits) throw badPath(path, `has a name over ${maxNameUnits} characters`);
  // The characters that Joliet excludes, and halves of surrogate pairs.
  if (/[\p{Cc}*:;?\\]/u.test(name) || !name.isWellFormed()) {
    throw badPath(path, 'has a character that Joliet does not allow');
  }
}

function badPath(path: string, why: string): RangeError {
  return new RangeError(`ISO 9660: path ${JSON.stringify(path)} ${why}`);
}
