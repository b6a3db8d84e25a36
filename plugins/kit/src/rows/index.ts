export { pickColumns } from './columns.js';
export { filterRows } from './filter.js';
export { rawValue } from './keys.js';
export { sortRows } from './sort.js';
