import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';

import { expect } from 'chai';

import { Home } from './support.ts';

interface Started {
  idrac: Array<{ generation: string; url: string; fingerprint: string }>;
}

/** Accepts any certificate, to see which one it is. */
function look(url: string): Promise<{ status: number; body: string; validTo: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/redfish/v1`, { rejectUnauthorized: false }, (response) => {
      const socket = response.socket as TLSSocket;
      const validTo = socket.getPeerCertificate().valid_to;
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, body, validTo }));
    });
    call.on('error', reject).end();
  });
}

describe('sandbox start --idrac', function () {
  this.timeout(30_000);
  let home: Home;

  before(() => {
    home = new Home();
  });

  after(async () => {
    await home.pmx(['sandbox', 'stop']);
    home.remove();
  });

  it('serves each persona with the certificate asked for, and ends them with the sandbox', async () => {
    const { idrac } = await home.json<Started>(
      'sandbox',
      'start',
      '--detach',
      '--idrac',
      '9,9-old:expired',
    );
    expect(idrac.map(({ generation }) => generation)).to.deep.equal(['9', '9-old']);
    const [newer, older] = await Promise.all(idrac.map(({ url }) => look(url)));
    expect(newer).to.include({ status: 200 });
    expect(newer!.body).to.include('ServiceRoot');
    expect(Date.parse(newer!.validTo)).to.be.greaterThan(Date.now());
    expect(Date.parse(older!.validTo)).to.be.lessThan(Date.now());
    await home.json('sandbox', 'stop');
    for (const { url } of idrac) {
      const error = await look(url).catch((failed: NodeJS.ErrnoException) => failed);
      expect(error).to.have.property('code', 'ECONNREFUSED');
    }
  });

  it('refuses a generation that there is none of, and starts nothing', async () => {
    const { code, stderr } = await home.pmx(['sandbox', 'start', '--detach', '--idrac', '5']);
    expect(code).to.equal(1);
    expect(stderr).to.include('PMX_INVALID_IDRAC').and.to.include('9-old');
    expect((await home.json<{ running: boolean }>('sandbox', 'status')).running).to.equal(false);
  });
});
