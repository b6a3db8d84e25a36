export { catalogue } from './catalogue/index.js';
export type { ErrorEntry } from './entry.js';
export { type ExitCodeEntry, explain } from './find.js';
