import type { App } from '../../app.js';
import { failure } from '../../errors.js';
import type { User } from '../../state/model.js';
import { text } from '../common.js';
import type { Param } from '../types.js';

export const userid: Param = text('Full User ID, in the `name@realm` format.', {
  format: 'pve-userid',
  maxLength: 64,
});
export const REALMS = ['pam', 'pve'];

/** PVE wraps what goes wrong in a write: `create user failed: …`. */
export function userOf(app: App, id: string, prefix = ''): User {
  const user = app.store.state.users[id];
  if (!user) throw failure(`${prefix}no such user ('${id}')`);
  return user;
}
