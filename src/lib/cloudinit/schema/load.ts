import { readFile } from 'node:fs/promises';

/** Release of cloud-init that the schemas are of. */
export const schemaRelease = '26.2';

export type SchemaName = 'cloud-config-v1' | 'network-config-v1' | 'network-config-v2';

export interface Schema {
  [keyword: string]: unknown;
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  default?: unknown;
  required?: string[];
  deprecated?: boolean;
  deprecated_version?: string;
  deprecated_description?: string;
}

/** Each by its whole name: a bundle finds files by what stands here. */
const files: Readonly<Record<SchemaName, URL>> = {
  'cloud-config-v1': new URL('./data/cloud-config-v1.json', import.meta.url),
  'network-config-v1': new URL('./data/network-config-v1.json', import.meta.url),
  'network-config-v2': new URL('./data/network-config-v2.json', import.meta.url),
};

/** Goes where the schemas go. */
export const schemaLicence = new URL('./data/LICENSE', import.meta.url);

const loaded = new Map<SchemaName, Promise<Schema>>();

/** A schema as cloud-init publishes it. */
export function loadSchema(name: SchemaName): Promise<Schema> {
  const schema = loaded.get(name) ?? readFile(files[name], 'utf8').then((text) => JSON.parse(text));
  loaded.set(name, schema);
  return schema;
}
