import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { TLSSocket, connect, createSecureContext } from 'node:tls';

/**
 * The certificate in a PKCS#12 file, PEM. Node can serve such a file but not open it; so it is
 * served once, in memory, to ourselves. Throws when the passphrase or the file is wrong.
 */
export async function leafOfPkcs12(pfx: Buffer, passphrase: string): Promise<string> {
  const ciphers = 'DEFAULT@SECLEVEL=0';
  const secureContext = createSecureContext({ pfx, passphrase, ciphers });
  const [near, far] = duplexPair();
  const server = new TLSSocket(near, { isServer: true, secureContext });
  server.on('error', () => undefined);
  const client = connect({ socket: far, rejectUnauthorized: false, ciphers });
  try {
    await once(client, 'secureConnect');
    const leaf = client.getPeerX509Certificate();
    if (!leaf) throw new Error('the file holds no certificate');
    return leaf.toString();
  } finally {
    client.on('error', () => undefined).destroy();
    server.destroy();
  }
}
