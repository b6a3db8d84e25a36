export * from './machine-steps.js';
export type * from './controller-steps.js';
export * from './plan.js';
export * from './plugin-steps.js';
export * from './reach-steps.js';
export * from './steps.js';
export * from './time-steps.js';
export * from './values.js';
export { loadOf, type PlanLoad } from './load.js';
