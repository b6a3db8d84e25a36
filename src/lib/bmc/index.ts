export { isForName } from './certificate-facts.js';
export { inLanes } from './fleet.js';
export { compareVersions } from './identify.js';
export { defaultTimes, probe } from './probe.js';
export * from './types.js';
