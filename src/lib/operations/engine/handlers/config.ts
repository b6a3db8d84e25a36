import { repeatable } from './handler.js';

export const configWrite = repeatable<'config.write'>(async (args, context) => {
  await context.config.edit(args.file, args.edits);
  return { file: args.file };
});

export const configReplace = repeatable<'config.replace'>(async (args, context) => {
  await context.config.replace(args.file, args.content, args.expected);
  return { file: args.file };
});
