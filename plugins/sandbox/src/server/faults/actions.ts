/** Everything that an action can be told. Which of it one needs or takes stands in `ACTIONS`. */
export interface FaultDetails {
  /** The handler has run, and only the answer is lost or another one. */
  after?: boolean;
  status?: number;
  percent?: number;
  message?: string;
  seconds?: number;
  storage?: string;
  node?: string;
  bytes?: number;
  vmid?: number;
}

export type Detail = keyof FaultDetails;

export interface ActionKind {
  needs: readonly Detail[];
  takes: readonly Detail[];
  /** Comes into force and stays until it is cleared, instead of happening to single requests. */
  lasting: boolean;
  about: string;
}

/** What can go wrong, and what each needs to know. */
export const ACTIONS = {
  reset: once('the connection breaks before the request is worked on', [], ['after']),
  timeout: once('no answer ever comes', [], ['after']),
  delay: once('the request waits before it is worked on', ['seconds']),
  'slow-body': once('the body trickles in', ['seconds']),
  status: once('another status is answered', ['status'], ['message', 'after']),
  unauthorized: once('401, whatever the credentials'),
  'task-fail': once('the task of the request fails', [], ['percent', 'message']),
  'task-warn': once('the task of the request ends with a warning', [], ['message']),
  'task-slow': once('the task of the request takes longer', ['seconds']),
  'worker-lost': once(
    "the server loses the task's worker: 500 got no worker upid, and what it locked stays locked",
  ),
  'lock-held': once("the VM's lock is held by somebody else", ['seconds'], ['vmid']),
  'storage-full': lasting(
    'a storage is full after some more bytes',
    ['storage'],
    ['bytes', 'node'],
  ),
  'node-down': lasting('a node is offline', ['node']),
  'new-certificate': lasting('new connections see another certificate'),
  'clock-skew': lasting("the server's clock is wrong", ['seconds']),
  'ticket-lifetime': lasting('tickets end earlier', ['seconds']),
} as const satisfies Record<string, ActionKind>;

export type ActionType = keyof typeof ACTIONS;
export const ACTION_TYPES = Object.keys(ACTIONS) as ActionType[];

export interface FaultAction extends FaultDetails {
  type: ActionType;
}

function once(
  about: string,
  needs: readonly Detail[] = [],
  takes: readonly Detail[] = [],
): ActionKind {
  return { about, needs, takes, lasting: false };
}

function lasting(
  about: string,
  needs: readonly Detail[] = [],
  takes: readonly Detail[] = [],
): ActionKind {
  return { about, needs, takes, lasting: true };
}

/** An action with its details, as a person reads it: `task-fail percent=50`. */
export function actionText({ type, ...details }: FaultAction): string {
  const words = Object.entries(details).map(([name, value]) =>
    value === true
      ? name
      : `${name}=${/\s/.test(String(value)) ? JSON.stringify(value) : String(value)}`,
  );
  return [type, ...words].join(' ');
}
