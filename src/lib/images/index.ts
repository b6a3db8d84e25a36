export { createEmptyQcow2 } from './create-qcow2.js';
export { assertUnchanged, hashRange, openRange } from './hash.js';
export { inspectImage } from './inspect.js';
export type { ImageRefusalCode } from './refusal.js';
export type { ImageInfo } from './types.js';
