import { RequestError } from '@pmx-cli/kit/errors';

export interface Upid {
  upid: string;
  node: string;
  pid: number;
  /** Seconds since 1970, server's clock. */
  starttime: number;
  /** `qmcreate`, `qmclone`, `imgcopy` … */
  type: string;
  /** VMID, storage, file name, or empty. */
  id: string;
  /** `user@realm` or `user@realm!token`. */
  user: string;
}

// pstart has outgrown its 8 digits on machines that run for more than 497 days.
const pattern =
  /^UPID:([^\s:/]+):([0-9A-F]{8}):[0-9A-F]{8,9}:([0-9A-F]{8}):([^\s:/]+):([^\s:/]*):([^\s:/]+):$/;

/** Takes `UPID:node:PID:PSTART:START:type:id:user:` apart (hex numbers); undefined if it is none. */
export function tryParseUpid(value: unknown): Upid | undefined {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  if (!match) return undefined;
  const [upid, node = '', pid = '', start = '', type = '', id = '', user = ''] = match;
  return { upid, node, pid: parseInt(pid, 16), starttime: parseInt(start, 16), type, id, user };
}

/** @throws RequestError `PMX_INVALID_UPID` */
export function parseUpid(value: string): Upid {
  const upid = tryParseUpid(value);
  if (upid) return upid;
  throw new RequestError({
    code: 'PMX_INVALID_UPID',
    message: `Task '${value}' is not valid: it must look like UPID:node:0000ABCD:00012345:65AABBCC:type:id:user@realm:.`,
    hints: ['See recent tasks: pmx task list'],
  });
}

export function isUpid(value: unknown): value is string {
  return tryParseUpid(value) !== undefined;
}
