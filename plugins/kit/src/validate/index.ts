export { parseAge, parseDuration } from './duration.js';
export * from './endpoint.js';
export * from './guest.js';
export { invalid } from './invalid.js';
export * from './network.js';
export { parseSelector, Selector } from './selector.js';
export { globToRegExp, isPattern, parseTarget, type TargetExpression } from './targets.js';
