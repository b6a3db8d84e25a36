import { isPmxError } from '@pmx-cli/kit/errors';

import { wrongPassphrase } from './errors.js';

/** What is inside: bound to its context and endpoint, so that moving it elsewhere is of no use. */
export interface Sealed {
  context: string;
  endpoint: string;
  secret: string;
}

/** In age's own armour: `age -d` opens it as well. */
export async function seal(
  sealed: Sealed,
  passphrase: string,
  workFactor?: number,
): Promise<string> {
  return sealText(JSON.stringify(sealed), passphrase, workFactor);
}

export async function sealText(
  text: string,
  passphrase: string,
  workFactor?: number,
): Promise<string> {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  if (workFactor !== undefined) encrypter.setScryptWorkFactor(workFactor);
  return armor.encode(await encrypter.encrypt(text));
}

/** @throws RequestError `PMX_WRONG_PASSPHRASE` */
export async function open(context: string, text: string, passphrase: string): Promise<Sealed> {
  return JSON.parse(await openText(context, text, passphrase)) as Sealed;
}

/** @throws RequestError `PMX_WRONG_PASSPHRASE` */
export async function openText(context: string, text: string, passphrase: string): Promise<string> {
  const { armor, Decrypter } = await import('age-encryption');
  try {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    return await decrypter.decrypt(armor.decode(text), 'text');
  } catch (error) {
    if (isPmxError(error)) throw error;
    throw wrongPassphrase(context);
  }
}
