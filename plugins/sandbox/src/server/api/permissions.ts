import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { forbidden, PveError } from '../errors.js';
import type { Check, Permissions, Route } from './types.js';

type Raw = Readonly<Record<string, unknown>>;

/** Fills `{vmid}` and the like into a permission path. */
function fill(template: string, raw: Raw): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    raw[name] === undefined ? '' : String(raw[name]),
  );
}

/** Checks a route's permission rule before anything else is looked at: a missing VM without the right is 403, not 500. */
export function checkPermissions(app: App, who: Identity, route: Route, raw: Raw): void {
  if (route.allowtoken === 0 && who.tokenid !== undefined) {
    throw forbidden(`URI '${route.path}' not available with API token, need proper ticket.`);
  }
  const rule: Permissions = route.permissions;
  if (rule.check) evaluate(app, who, rule.check, raw);
  else if (rule.user === undefined && who.id !== 'root@pam') throw forbidden('user != root@pam');
}

function evaluate(app: App, who: Identity, check: Check, raw: Raw): void {
  switch (check[0]) {
    case 'and':
      for (const part of check.slice(1) as Check[]) evaluate(app, who, part, raw);
      return;
    case 'or':
      if (!(check.slice(1) as Check[]).some((part) => allows(app, who, part, raw)))
        throw forbidden();
      return;
    case 'perm': {
      const [, path, privileges, ...options] = check;
      const required = options.indexOf('require_param');
      if (required >= 0 && raw[String(options[required + 1])] === undefined) throw forbidden();
      app.acl.check(who, fill(path, raw), privileges, options.includes('any'));
      return;
    }
    case 'userid-param': {
      if (check[1] === 'self') {
        // A token may not act for its own user here: PVE compares the full id.
        if (who.id !== raw['userid']) throw forbidden();
        return;
      }
      const realm = String(raw['userid']).split('@').at(-1) ?? '';
      app.acl.check(who, `/access/realm/${realm}`, [check[1]]);
      return;
    }
    case 'userid-group': {
      const groups = app.store.state.users[String(raw['userid'])]?.groups ?? [];
      const paths = ['/access/groups', ...groups.map((group) => `/access/groups/${group}`)];
      if (!paths.some((path) => app.acl.has(who, path, check[1], true)))
        throw forbidden(`/access/groups, ${check[1].join('|')}`);
      return;
    }
    case 'perm-modify': {
      const path = fill(check[1], raw);
      const delegates = path.startsWith('/storage')
        ? 'Datastore.Allocate'
        : path.startsWith('/vms')
          ? 'VM.Allocate'
          : path.startsWith('/pool')
            ? 'Pool.Allocate'
            : undefined;
      app.acl.check(
        who,
        path,
        delegates === undefined ? ['Permissions.Modify'] : ['Permissions.Modify', delegates],
        true,
      );
      return;
    }
  }
}

function allows(app: App, who: Identity, check: Check, raw: Raw): boolean {
  try {
    evaluate(app, who, check, raw);
    return true;
  } catch (error) {
    if (error instanceof PveError && error.status === 403) return false;
    throw error;
  }
}
