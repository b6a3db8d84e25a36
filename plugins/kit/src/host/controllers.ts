/** A management controller: an iDRAC and its like. */
export interface ControllerPlace {
  host: string;
  port: number;
}

/** Who it is, as it tells everybody. */
export interface ControllerIdentity {
  vendor: string | null;
  /** 6 to 10 of an iDRAC. */
  generation: number | null;
  firmware: string | null;
  serviceTag: string | null;
  redfish: string | null;
}

/** What the words of a command say of all controllers of its run. */
export interface ControllerWords {
  user?: string | undefined;
  /** The password is read from standard input. */
  passwordStdin?: boolean;
  /** PEM file of an authority to trust beside the system's. */
  caFile?: string | undefined;
  /** Any certificate; warned about. */
  insecure?: boolean;
  /** A password may go over TLS older than 1.2. */
  legacyTls?: boolean;
}

export type ControllerAnswer = Record<string, unknown>;

/** A controller that was logged in to. */
export interface ControllerReader extends ControllerPlace {
  readonly user: string;
  readonly identity: ControllerIdentity;
  /** SHA-256 of the certificate that it serves. */
  readonly fingerprint: string;
  /** That certificate. */
  readonly pem: string;
  /** Seconds that its clock is ahead of this machine's; null: it does not say. */
  readonly skewSeconds: number | null;
  readonly legacyTls: boolean;
  /** @throws PmxError */
  get(path: string): Promise<ControllerAnswer>;
  /** A POST that changes nothing: some things are told in no other way. */
  query(path: string, body: ControllerAnswer): Promise<ControllerAnswer>;
}

/** One login for each controller and run. A wrong password is never tried a second time. */
export interface Controllers {
  words(given: ControllerWords): void;
  /**
   * Looks who it is, lets `suits` refuse it, wants its certificate trusted (pinned, or verified), and
   * only then logs in.
   * @throws PmxError
   */
  open(
    place: ControllerPlace,
    suits?: (identity: ControllerIdentity) => void,
  ): Promise<ControllerReader>;
}
