export type { IsoFile } from './tree.js';
export { type IsoOptions, writeIso } from './write-iso.js';
