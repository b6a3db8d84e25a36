import { RequestError } from '../errors/index.js';

/** "`value` is not …: rule" with the next step. All validators speak through this. */
export function invalid(
  code: string,
  what: string,
  value: string,
  rule: string,
  ...hints: string[]
): RequestError {
  return new RequestError({ code, message: `${what} '${value}' is not valid: ${rule}.`, hints });
}
