/** Who would have to act: the request, the surroundings, or the server and its administrator. */
export type Cause = 'request' | 'surroundings' | 'proxmox';

/** One thing that was looked at beforehand. */
export interface Check {
  /** `parameters`, `storage`, `space`, `bridge`, `vmid`, `guest`, `version`, `rights` … */
  check: string;
  status: 'ok' | 'warn' | 'fail';
  text: string;
  /** Only of `fail`. */
  cause?: Cause;
}

export function ok(check: string, text: string): Check {
  return { check, status: 'ok', text };
}

export function warn(check: string, text: string): Check {
  return { check, status: 'warn', text };
}

export function fail(check: string, cause: Cause, text: string): Check {
  return { check, status: 'fail', text, cause };
}
