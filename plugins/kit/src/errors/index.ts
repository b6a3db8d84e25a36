export { ExitCode, exitCodeTable } from './exit-codes.js';
export {
  InterruptedError,
  isPmxError,
  PmxError,
  type PmxErrorOptions,
  ProxmoxError,
  RequestError,
  SurroundingsError,
} from './pmx-error.js';
export { type ErrorDocument, errorDocument, errorText, normalizeError } from './normalize.js';
