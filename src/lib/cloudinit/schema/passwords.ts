import type { Document, LineCounter } from 'yaml';

import { type Fault, faultsOf } from './faults.js';

/**
 * Passwords that anybody can read who can read the file: on the seed, in the guest under
 * /var/lib/cloud, and in the configuration of the server.
 */
export function plainPasswords(
  value: unknown,
  document: Document,
  lines: LineCounter,
): Promise<Fault[]> {
  const pointers: string[] = [];
  const config = fieldsOf(value);
  for (const [index, user] of listOf(config['users']).entries())
    if (typeof fieldsOf(user)['plain_text_passwd'] === 'string')
      pointers.push(`/users/${index}/plain_text_passwd`);
  const password = config['password'];
  if (typeof password === 'string' && !isHash(password)) pointers.push('/password');
  for (const [index, user] of listOf(fieldsOf(config['chpasswd'])['users']).entries()) {
    const { password: own, type } = fieldsOf(user);
    if (typeof own === 'string' && type !== 'RANDOM' && !isHash(own))
      pointers.push(`/chpasswd/users/${index}/password`);
  }
  const errors = pointers.map((pointer) => ({
    pointer,
    keyword: 'plain-password',
    params: {},
    scalar: false,
    schema: {},
  }));
  return faultsOf({ errors: [], deprecated: errors }, document, lines).then((faults) =>
    faults.map((fault) => ({
      ...fault,
      rule: 'plain-password',
      message: 'is a password that can be read',
      remedy: 'Give its hash: openssl passwd -6. Or only SSH keys.',
    })),
  );
}

function isHash(text: string): boolean {
  return /^\$[\w]+\$/.test(text) || /^[*!]/.test(text) || text === 'RANDOM' || text === 'R';
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
