import { parameterError } from '../errors.js';
import type { Method, Route } from './types.js';

/** What a call looks like: everything of a route but what it does. */
export type Declared = Pick<
  Route,
  'params' | 'permissions' | 'protected' | 'allowtoken' | 'returns'
>;

/** By `METHOD /path`. */
export type DeclaredRoutes = Readonly<Record<`${Method} /${string}`, Declared>>;

/** What a call is for, and what it does. */
export type Behaviour = readonly [description: string, handler: Route['handler']];

const PREFIXES: Readonly<Record<Method, string>> = {
  GET: 'read',
  POST: 'create',
  PUT: 'update',
  DELETE: 'delete',
};

/** `GET /cluster/ha/rules/{rule}` → `read_ha_rules_rule`. */
function nameOf(method: Method, path: string): string {
  const words = path.split('/').slice(2).join('_').replace(/[{}]/g, '').replace(/-/g, '_');
  return `${PREFIXES[method]}_${words || path.slice(1)}`;
}

/** Joins what calls look like with what they do. */
export function define<Table extends DeclaredRoutes>(
  table: Table,
  behaviours: Readonly<Partial<Record<keyof Table & string, Behaviour>>>,
): Route[] {
  return (Object.entries(behaviours) as [keyof Table & string, Behaviour][]).map(
    ([key, [description, handler]]) => {
      const [method, path] = key.split(' ') as [Method, string];
      return {
        ...(table[key] as Declared),
        method,
        path,
        name: nameOf(method, path),
        description,
        handler,
      };
    },
  );
}

/** PVE's index of what lies below a path. */
export function index(key: string, names: string): Behaviour {
  const rows = names.split(' ').map((name) => ({ [key]: name }));
  return ['Directory index.', () => rows];
}

/** The property is needed, though the schema does not say so. */
export function missing(name: string): Error {
  return parameterError({ [name]: 'property is missing and it is not optional' });
}
