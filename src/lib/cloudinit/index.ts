export { type IsoFile, type IsoOptions, writeIso } from './iso/index.js';
export { validateMetaData } from './meta-data.js';
export { validateNetworkConfig } from './network-config.js';
export { validateNetworkData } from './network-data.js';
export { type CloudInitRefusalCode, refuse } from './refusal.js';
export {
  buildSeed,
  buildSeedIso,
  type SeedFile,
  type SeedLayout,
  seedLabel,
  type SeedOptions,
} from './seed.js';
export { type FileContent, toText } from './text.js';
export { type UserDataKind, validateUserData, validateVendorData } from './user-data.js';
export { readSeedFiles, type SeedPaths } from './seed-files.js';
export { type CheckedFile, checkSeedFile, faultOf, type SeedFileName } from './check.js';
export { multipart, type Part } from './multipart.js';
export { type Fault, typesInWords } from './schema/faults.js';
export { loadSchema, type Schema, type SchemaName, schemaRelease } from './schema/load.js';
export { type Declared, isTemplate } from './template/declare.js';
export { type Rendered, renderTemplate } from './template/render.js';
export { type GivenValues, noValues, refuseUnknownValues } from './template/values.js';
export { isPackageName } from './snippets/check-snippet.js';
export { agentUserData, fileProgram, installProgram, snippetProgram } from './snippets/programs.js';
export { findSnippets, loadSnippets, type Snippet } from './snippets/snippets.js';
