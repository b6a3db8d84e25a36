export { askHooks, callHooks, type HookAnswer } from './call.js';
export * from './events.js';
