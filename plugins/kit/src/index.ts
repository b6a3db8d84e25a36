export * from './command/index.js';
export * from './errors/index.js';
export * from './flags/index.js';
export * from './host/index.js';
export * from './plan/index.js';
export * from './process/index.js';
export * from './pve/index.js';
export * from './validate/index.js';
