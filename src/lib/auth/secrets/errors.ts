import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

export function exposedSecrets(path: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_SECRETS_EXPOSED',
    message: `The secrets file ${path} can be read by others.`,
    hints: [`chmod 600 ${path}`, 'Then replace the tokens in it: others may have read them.'],
  });
}

export function noPassphrase(): RequestError {
  return new RequestError({
    code: 'PMX_NO_PASSPHRASE',
    message: 'The stored secrets are encrypted, and there is no passphrase.',
    hints: ['Set PMX_PASSPHRASE, or run pmx at a terminal, where it asks.'],
  });
}

export function wrongPassphrase(context: string): RequestError {
  return new RequestError({
    code: 'PMX_WRONG_PASSPHRASE',
    message: `The passphrase does not open the secret of context '${context}'.`,
    hints: [
      'Try again; PMX_PASSPHRASE wins over the question.',
      `Lost for good? Store it anew: pmx context add ${context} --replace …`,
    ],
  });
}

export function badSecret(context: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_SECRET',
    message: `The secret for context '${context}' is not valid: it must be one line of text without control characters.`,
    hints: ['Was a whole file piped? printf %s "$SECRET" | pmx context add … --token-stdin'],
  });
}

export function keychainFailed(reason: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_KEYCHAIN_UNAVAILABLE',
    message: `The keychain does not answer: ${reason}.`,
    hints: [
      'Unlock it (log in to the desktop, or gnome-keyring-daemon --unlock).',
      'Without one: PMX_SECRET_STORE=file, or pmx config set secretStore file',
    ],
  });
}

export function commandFailed(context: string, program: string, reason: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_SECRET_COMMAND_FAILED',
    message: `The secretCommand of context '${context}' (${program}) gave no secret: ${reason}.`,
    hints: ['Run it by hand and look; its output is never shown by pmx.'],
  });
}
