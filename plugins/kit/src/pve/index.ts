export * from './inventory.js';
export * from './reader.js';
