import type { YAMLMap } from 'yaml';

/** The node as a mapping, or undefined. The package is loaded here, so no command pays at start. */
export async function asMap(node: unknown): Promise<YAMLMap | undefined> {
  const yaml = await import('yaml');
  return yaml.isMap(node) ? node : undefined;
}

export async function isMap(node: unknown): Promise<boolean> {
  return (await asMap(node)) !== undefined;
}

export async function isSeq(node: unknown): Promise<boolean> {
  const yaml = await import('yaml');
  return yaml.isSeq(node);
}
