export * from './access.js';
export * from './host.js';
export * from './registry.js';
export type * from './settings.js';
