export { Catalog, loadCatalog, parseArch } from './catalog.js';
export type { Mirrors } from './mirrors.js';
export { mirrored } from './mirrors.js';
export { resolveBuild } from './resolve.js';
export type { Arch, Build, CatalogEntry, Checksum, Compression } from './types.js';
export type { Keyrings } from './signature.js';
