import { PveError, failure } from '../../errors.js';
import { define, index } from '../declare.js';
import { accessMoreTable as table } from '../tables/access-more.js';
import type { Call, Route } from '../types.js';

function userOf({ app, params }: Call): string {
  const userid = params.string('userid');
  if (!app.store.state.users[userid]) throw failure(`no such user ('${userid}')`);
  return userid;
}

/** Second factors: nobody in the sandbox has one. */
export const factorRoutes: Route[] = define(table, {
  'GET /access/openid': index('subdir', 'auth-url login'),
  'GET /access/tfa': ['List TFA configurations of users.', () => []],
  'GET /access/tfa/{userid}': ['List TFA configurations of users.', (call) => userOf(call) && []],
  'GET /access/tfa/{userid}/{id}': [
    'Fetch a requested TFA entry if present.',
    ({ params }) => {
      throw new PveError(404, `no such tfa entry '${params.string('id')}'`);
    },
  ],
  'GET /access/users/{userid}/tfa': [
    'Get user TFA types (Personal and Realm).',
    (call) => {
      userOf(call);
      return call.params.flag('multiple') ? { types: [] } : {};
    },
  ],
});
