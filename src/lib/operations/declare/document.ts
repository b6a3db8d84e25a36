import type { Kind } from './fields.js';

export type Settings = Record<string, unknown>;

export interface Metadata {
  name: string;
  vmid?: number;
  node?: string;
  pool?: string | null;
  tags?: string[];
}

/** One document of a file, checked. */
export interface Manifest {
  kind: Kind;
  metadata: Metadata;
  spec: Settings;
  /** `web.yaml:12:3`, where it begins. */
  where: string;
  /** Folder that paths in it start from. */
  folder: string;
}

/** `VirtualMachine web-01`. */
export function labelOf({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.name}`;
}
