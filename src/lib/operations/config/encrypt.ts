import type { Plan } from '@pmx-cli/kit';

/** Encrypts the stored secrets, or takes the encryption off. */
export function planEncrypt(encrypted: boolean): Plan {
  return {
    operation: encrypted ? 'config.encrypt' : 'config.decrypt',
    target: 'stored secrets',
    title: encrypted
      ? 'Encrypt the stored secrets with a passphrase'
      : 'Store the secrets without a passphrase',
    local: true,
    steps: [
      {
        id: 'encrypt',
        title: encrypted ? 'Encrypt every secret in the secrets file' : 'Decrypt the secrets file',
        kind: 'secrets.encrypt',
        args: { encrypted },
        bind: { changed: 'changed' },
      },
    ],
    result: { encrypted, changed: { $var: 'changed' } as never },
  };
}
