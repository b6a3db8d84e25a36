export {
  type ApiMethod,
  type ApiSchema,
  checkCall,
  type CheckedCall,
  describedMethod,
  fetchApiSchema,
  parseApiSchema,
  unknownValue,
} from './api-schema.js';
export { createPveClient } from './client.js';
export { encodeParams, encodePath, withQuery } from './form.js';
export { createLimiter } from './limiter.js';
export {
  isAnswerLost,
  isLockTimeout,
  isNotFound,
  isNoWorkerUpid,
  isStaleDigest,
  isVmidTaken,
} from './meaning.js';
export { sleep } from './sleep.js';
export { findTask, readRow as readTaskRow, type TaskQuery } from './tasks.js';
export type * from './types.js';
export { isUpid, parseUpid, tryParseUpid, type Upid } from './upid.js';
