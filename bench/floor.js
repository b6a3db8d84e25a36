// The floor: what node:https alone does with one static answer and the sandbox's own certificate.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';

import { openCertificate } from '../plugins/sandbox/dist/server/http/certificate.js';

const { dataDir } = JSON.parse(process.env.PMX_SANDBOX_OPTIONS);
const { key, cert } = await openCertificate(dataDir, ['pve1']);
const body = '{"data":{"release":"9.2","repoid":"0000000000000000","version":"9.2.11"}}';
const server = createServer({ key, cert }, (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () =>
  writeFileSync(join(dataDir, 'ready.json'), JSON.stringify({ port: server.address().port })),
);
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
