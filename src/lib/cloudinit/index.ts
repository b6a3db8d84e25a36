export { type IsoFile, type IsoOptions, writeIso } from './iso/index.js';
export { validateMetaData } from './meta-data.js';
export { validateNetworkConfig } from './network-config.js';
export { validateNetworkData } from './network-data.js';
export type { CloudInitRefusalCode } from './refusal.js';
export {
  buildSeed,
  buildSeedIso,
  type SeedFile,
  type SeedLayout,
  seedLabel,
  type SeedOptions,
} from './seed.js';
export type { FileContent } from './text.js';
export { type UserDataKind, validateUserData, validateVendorData } from './user-data.js';
export { readSeedFiles, type SeedPaths } from './seed-files.js';
