import { PveError } from '../../errors.js';
import type { SectionRow, State } from '../../state/model.js';
import { define, index } from '../declare.js';
import { sectionRoutes, sectionRows } from '../sections.js';
import type { Rows } from '../sections.js';
import { clusterNotificationsTable as table } from '../tables/cluster-notifications.js';
import type { Call, Route } from '../types.js';

const KINDS = ['gotify', 'sendmail', 'smtp', 'webhook'] as const;
const EVENTS = ['package-updates', 'fencing', 'replication', 'vzdump', 'system-mail'];
/** Kept in a file of its own that nobody can read over the API. */
const SECRETS = ['token', 'password', 'secret'];

const rowsOf = (kind: string): ((state: State) => Rows) => sectionRows(`notification-${kind}`);

function targets({ app }: Call): unknown[] {
  return KINDS.flatMap((kind) =>
    Object.entries(rowsOf(kind)(app.store.state)).map(([name, { comment, disable }]) => ({
      name,
      type: kind,
      origin: 'user-created',
      ...(comment === undefined ? {} : { comment }),
      ...(disable === undefined ? {} : { disable }),
    })),
  );
}

/** Endpoints and matchers share their names. */
function checkName({ app }: Call, name: string, old: SectionRow | undefined): void {
  if (old) return;
  const taken = [...KINDS, 'matcher'].some((kind) => name in rowsOf(kind)(app.store.state));
  if (taken) throw cannotCreate(name);
}

const cannotCreate = (name: string): PveError =>
  new PveError(400, `Cannot create '${name}', an entity with the same name already exists`);

const shown = (name: string, row: SectionRow): Record<string, unknown> => ({
  name,
  origin: 'user-created',
  ...Object.fromEntries(Object.entries(row).filter(([key]) => !SECRETS.includes(key))),
});

const section = (path: string, kind: string, noun: string): Route[] =>
  sectionRoutes({
    table,
    path,
    id: 'name',
    noun,
    rows: rowsOf(kind),
    missing: (name) => new PveError(404, `${noun} '${name}' not found`),
    exists: cannotCreate,
    check: checkName,
    show: shown,
  });

export const notificationRoutes: Route[] = [
  ...KINDS.flatMap((kind) =>
    section(`/cluster/notifications/endpoints/${kind}`, kind, `${kind} endpoint`),
  ),
  ...section('/cluster/notifications/matchers', 'matcher', 'matcher'),
  ...define(table, {
    'GET /cluster/notifications': index(
      'name',
      'endpoints matchers targets matcher-fields matcher-field-values',
    ),
    'GET /cluster/notifications/endpoints': index('name', KINDS.join(' ')),
    'GET /cluster/notifications/targets': [
      'Returns a list of all entities that can be used as notification targets.',
      targets,
    ],
    'GET /cluster/notifications/matcher-fields': [
      'Returns known notification metadata fields',
      () => ['type', 'hostname', 'job-id'].map((name) => ({ name })),
    ],
    'GET /cluster/notifications/matcher-field-values': [
      'Returns known notification metadata fields and their known values',
      ({ app }) => [
        ...EVENTS.map((value) => ({ field: 'type', value })),
        ...app.store.state.nodes.map((value) => ({ field: 'hostname', value })),
        ...Object.keys(app.store.state.backupJobs).map((value) => ({ field: 'job-id', value })),
      ],
    ],
  }),
];
