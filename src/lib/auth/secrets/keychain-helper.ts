// Runs as a process of its own: a keychain that waits for somebody to unlock it blocks a thread for
// ever, and native code that fails takes the whole process along.
import { json } from 'node:stream/consumers';

/** What is used of keytar. Its own types are absent where it could not be installed. */
interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, secret: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

const optionalModule: string = 'keytar';

export interface KeychainRequest {
  action: 'probe' | 'get' | 'set' | 'remove';
  service: string;
  account: string;
  secret?: string;
}

export interface KeychainAnswer {
  secret?: string | null;
  error?: string;
}

async function answer(request: KeychainRequest): Promise<KeychainAnswer> {
  const { default: keytar } = (await import(optionalModule)) as { default: Keytar };
  const { service, account } = request;
  switch (request.action) {
    case 'set':
      await keytar.setPassword(service, account, request.secret!);
      return {};
    case 'remove':
      await keytar.deletePassword(service, account);
      return {};
    default:
      return { secret: await keytar.getPassword(service, account) };
  }
}

async function main(): Promise<void> {
  try {
    const request = (await json(process.stdin)) as KeychainRequest;
    process.stdout.write(JSON.stringify(await answer(request)));
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    process.stdout.write(JSON.stringify({ error: reason } satisfies KeychainAnswer));
  }
}

void main();
