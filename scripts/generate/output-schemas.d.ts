export function schemaOfExport(root: string, path: string, name: string): Record<string, unknown>;
export function outputSchemas(root: string): Record<string, Record<string, unknown>>;
