/** A change of pmx itself where its standalone archive was unpacked: `versions/V`, and `lib`, which leads to one. */
interface ProgramChangeArgs {
  /** The folder with `bin`, `lib` and `versions`. */
  root: string;
}

export interface ProgramFetchArgs extends ProgramChangeArgs {
  version: string;
  /** The archive. */
  url: string;
  sha256: string;
}

export interface ProgramSwitchArgs extends ProgramChangeArgs {
  /** The version in use while this was planned. */
  from: string;
  to: string;
  /** `to` remembers `from`, so that a rollback leads there; versions older than that go. */
  remember: boolean;
}

/** Undo of a fetch: the version goes, unless it is in use. */
export interface ProgramDiscardArgs extends ProgramChangeArgs {
  version: string;
}

export interface ProgramStepArgs {
  'program.fetch': ProgramFetchArgs;
  'program.switch': ProgramSwitchArgs;
  'program.discard': ProgramDiscardArgs;
}
