export * from './endpoint.js';
export * from './guest.js';
export { invalid } from './invalid.js';
export * from './network.js';
export * from './targets.js';
