export const packageManagers = ['apt', 'dnf', 'zypper', 'apk', 'pacman'] as const;
export type PackageManager = (typeof packageManagers)[number];

/** Something that a template is to have: packages by package manager, and what is to be done with them. */
export interface Snippet {
  id: string;
  title: string;
  description: string;
  /** Left out for one that needs none; a package manager that is missing is not supported. */
  packages?: Partial<Record<PackageManager, readonly string[]>>;
  /** For /bin/sh, as root; may run twice. It may use enable_service NAME and fail TEXT. */
  script?: string;
  /** A command that succeeds once it is there. */
  check?: string;
}

const packageName = /^[A-Za-z0-9][\w.+:=~-]*$/;

/** True for what a package manager may be given as a name. */
export function isPackageName(name: string): boolean {
  return packageName.test(name);
}

/** What is wrong with a snippet, in words; nothing when it is good. */
export function checkSnippet(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return ['it must be a mapping'];
  const fields = value as Record<string, unknown>;
  const known = ['id', 'title', 'description', 'packages', 'script', 'check'];
  const problems = Object.keys(fields)
    .filter((key) => !known.includes(key))
    .map((key) => `there is no field '${key}'`);
  for (const key of ['id', 'title', 'description'])
    if (typeof fields[key] !== 'string' || fields[key] === '')
      problems.push(`${key} must be a text`);
  if (typeof fields['id'] === 'string' && !/^[a-z0-9][a-z0-9-]*$/.test(fields['id']))
    problems.push('id must be lower-case letters, digits and dashes');
  for (const key of ['script', 'check'])
    if (fields[key] !== undefined && typeof fields[key] !== 'string')
      problems.push(`${key} must be a text`);
  if (fields['packages'] === undefined && fields['script'] === undefined)
    problems.push('it must have packages or a script');
  return [...problems, ...packageProblems(fields['packages'])];
}

function packageProblems(packages: unknown): string[] {
  if (packages === undefined) return [];
  if (typeof packages !== 'object' || packages === null || Array.isArray(packages))
    return ['packages must be a mapping of package managers'];
  return Object.entries(packages).flatMap(([manager, names]: [string, unknown]) => {
    if (!(packageManagers as readonly string[]).includes(manager))
      return [`packages knows no '${manager}', only ${packageManagers.join(', ')}`];
    return Array.isArray(names) &&
      names.every((name) => typeof name === 'string' && isPackageName(name))
      ? []
      : [`packages.${manager} must be a list of names`];
  });
}
