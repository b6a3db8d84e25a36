import { rm } from 'node:fs/promises';

import type { ContextRecord } from '@pmx-cli/kit';

import { repeatable } from './handler.js';

export const pathRemove = repeatable<'path.remove'>(async (args) => {
  await rm(args.path, { recursive: true, force: true });
  return { path: args.path };
});

export const contextSave = repeatable<'context.save'>(async (args, context) => {
  const record = context.resolve(args.context) as unknown as ContextRecord;
  if (args.secret !== undefined) {
    await context.secrets.set(args.name, record.endpoint, context.resolve(args.secret) as string);
  }
  await context.contexts.save(args.name, record, args.use ?? false);
  return { name: args.name };
});

export const contextRemove = repeatable<'context.remove'>(async (args, context) => {
  // The secret first: when the configuration cannot be written, at least that one is gone.
  await context.secrets.remove(args.name);
  await context.contexts.remove(args.name);
  return { name: args.name };
});

export const contextUse = repeatable<'context.use'>(async (args, context) => {
  await context.contexts.use(args.name);
  return { name: args.name };
});
