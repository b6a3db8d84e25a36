import { repeatable } from './handler.js';

export const contextRename = repeatable<'context.rename'>(async (args, context) => {
  await context.contexts.rename(args.from, args.to);
  return { name: args.to };
});

export const secretTransfer = repeatable<'secret.transfer'>(async (args, context) => {
  await context.secrets.transfer(args.from, args.to, args.keep);
  return { name: args.to };
});

export const secretsEncrypt = repeatable<'secrets.encrypt'>(async (args, context) => {
  return { changed: await context.secrets.encrypt(args.encrypted) };
});
