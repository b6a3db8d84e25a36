import { storedAs } from '../../../auth/controller-credentials.js';
import { repeatable } from './handler.js';

export const bmcPassword = repeatable<'bmc.password'>(async (args, context) => {
  const { name, endpoint } = storedAs(args.pattern);
  const password = context.resolve(args.password) as string | null;
  if (password === null) await context.secrets.remove(name);
  else await context.secrets.set(name, endpoint, password);
  return { pattern: args.pattern };
});
