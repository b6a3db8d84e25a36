import type { Prompter } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { readSecret } from '../../auth/read-secret.js';

/** PVE's own limit. */
const shortest = 5;

/** @throws RequestError `PMX_NO_SECRET`, `PMX_PASSWORD_TOO_SHORT` */
export async function rootPassword(stdin: boolean, prompt: Prompter): Promise<string> {
  const password = await readSecret({
    what: "Password of the container's root",
    stdin,
    variable: 'PMX_CT_PASSWORD',
    prompt,
    hint: 'Pipe it: printf %s "$PASSWORD" | pmx ct create … --password-stdin, or set PMX_CT_PASSWORD.',
  });
  if (password.length >= shortest) return password;
  throw new RequestError({
    code: 'PMX_PASSWORD_TOO_SHORT',
    message: `The password for root has fewer than ${shortest} characters, which Proxmox VE refuses.`,
    hints: ['Take a longer one, or an SSH key: --ssh-key FILE'],
  });
}
