import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import type { UploadedFile } from '../http/multipart.js';
import type { Params } from './params.js';

/** A parameter as PVE's API description writes it; 0 and 1 stand for booleans there. */
export interface Param {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  description?: string;
  optional?: 0 | 1;
  default?: string | number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  enum?: readonly string[];
  pattern?: string;
  /** The name of a format, or the parts of a property string. */
  format?: string | Readonly<Record<string, SubParam>>;
  requires?: string;
}

/** One key of a property string such as `virtio,bridge=vmbr0`. */
export interface SubParam extends Omit<Param, 'type'> {
  type?: Param['type'];
  default_key?: 1;
  alias?: string;
  /** The key's own name becomes the value of this one: `virtio=<mac>` is model=virtio, macaddr=<mac>. */
  keyAlias?: string;
}

export type ParamTable = Readonly<Record<string, Param>>;

/** A permission rule as PVE's API description writes it. */
export type Check =
  | readonly ['perm', string, readonly string[], ...(string | number)[]]
  | readonly ['and' | 'or', ...Check[]]
  | readonly ['userid-param', string]
  | readonly ['userid-group', readonly string[], ...string[]]
  | readonly ['perm-modify', string];

export interface Permissions {
  user?: 'world' | 'all';
  check?: Check;
  description?: string;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Everything that a handler knows about a call. */
export interface Call {
  app: App;
  user: Identity;
  params: Params;
  upload: UploadedFile | undefined;
}

/** One method of one path, as data. */
export interface Route {
  method: Method;
  path: string;
  name: string;
  description: string;
  params?: ParamTable;
  permissions: Permissions;
  /** Done by pvedaemon in PVE: such answers carry two Connection headers. */
  protected?: boolean;
  /** An upload: the file of a multipart body is written to disk first. */
  upload?: boolean;
  returns: 'null' | 'string' | 'integer' | 'boolean' | 'object' | 'array' | 'any';
  /** 0: not for tokens. */
  allowtoken?: 0;
  handler: (call: Call) => unknown;
}

/** A result with fields beside `data`, such as the total of a list. */
export class Extended {
  readonly data: unknown;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(data: unknown, extra: Readonly<Record<string, unknown>>) {
    this.data = data;
    this.extra = extra;
  }
}

/** A result that is sent as plain text. */
export class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
