export * from './access.js';
export type * from './controllers.js';
export * from './host.js';
export * from './registry.js';
export type * from './settings.js';
