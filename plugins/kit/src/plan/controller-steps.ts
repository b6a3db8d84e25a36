import type { Json, Value } from './values.js';

/** A management controller as it was seen while planning. */
export interface ControllerStepPlace {
  host: string;
  port: number;
  user: string;
  /** SHA-256 of its certificate: nothing else gets a password. */
  fingerprint: string;
  /** Its TLS is older than 1.2, and somebody said that this may be. */
  legacyTls?: boolean;
}

export type RedfishLookup =
  | {
      path: string;
      /** Names of properties, each within the one before. */
      property: readonly string[];
      value: Json;
    }
  /** SHA-256 of the certificate that is served then, null for any other one; `late`: only after a restart. */
  | { served: string | null; late: boolean };

/** A change over Redfish. Bodies may hold secrets (`secretRef`); reads are done while planning. */
export interface RedfishCallArgs extends ControllerStepPlace {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: { readonly [name: string]: Value | undefined };
  /** Doing it twice gives the same state, so a lost answer may simply be asked again. */
  idempotent?: boolean;
  /** What can be seen afterwards when it has happened, so that a lost answer can be looked up. */
  lookup?: RedfishLookup;
  /** It ends all sessions: one that is gone says that it has happened. */
  endsSessions?: boolean;
  /** Property of the answer that becomes the step's result of the same name. */
  take?: string;
}

/** Waits until a certificate is served, and tells which. Needs no login. */
export interface BmcAwaitCertificateArgs {
  host: string;
  port: number;
  /** This one; or, when left out, any other than `before`. */
  wanted?: string;
  before: string;
  timeoutSeconds: number;
  /**
   * Action of a controller that tells its certificate over the connection that was trusted before
   * the change; then the result says so (`vouched`).
   */
  export?: ControllerStepPlace & { action: string };
}

/** Waits until the server of a controller is on or off. */
export interface BmcAwaitPowerArgs extends ControllerStepPlace {
  /** Path of the system. */
  system: string;
  state: 'On' | 'Off';
  timeoutSeconds: number;
}

/** Sets the clock of a controller so far ahead of this machine's, and reads it back. */
export interface BmcSetClockArgs extends ControllerStepPlace {
  /** Path of the action. */
  action: string;
  aheadSeconds: number;
}

/** Stores the password for the controllers that a pattern fits; null takes it away. */
export interface BmcPasswordArgs {
  pattern: string;
  password: Value;
}

export interface ControllerStepArgs {
  'redfish.call': RedfishCallArgs;
  'bmc.await-certificate': BmcAwaitCertificateArgs;
  'bmc.await-power': BmcAwaitPowerArgs;
  'bmc.set-clock': BmcSetClockArgs;
  'bmc.password': BmcPasswordArgs;
}
