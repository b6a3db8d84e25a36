// oclif's own, so that a plugin needs no other package and has the same copy as pmx.
export { Args, Flags } from '@oclif/core';

export * from './command/index.js';
export * from './errors/index.js';
export * from './flags/index.js';
export * from './format/index.js';
export * from './hooks/index.js';
export * from './host/index.js';
export * from './log/index.js';
export { pluginShortName } from './names.js';
export * from './plan/index.js';
export * from './process/index.js';
export * from './pve/index.js';
export * from './rows/index.js';
export * from './validate/index.js';
export { kitVersion } from './version.js';
