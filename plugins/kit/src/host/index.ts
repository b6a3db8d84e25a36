export * from './host.js';
export * from './registry.js';
