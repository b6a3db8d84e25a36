// One upload through pmx's own client; prints MiB/s. A process of its own, as curl is one.
import { statSync } from 'node:fs';

import { createPveClient } from '../dist/lib/api/index.js';
import { openRange } from '../dist/lib/images/index.js';

const { endpoint, fingerprint, secret, image } = JSON.parse(process.env.BENCH_UPLOAD);
const client = createPveClient({
  endpoint,
  credentials: { type: 'token', tokenId: 'root@pam!pmx', secret },
  trust: { fingerprint },
});
const length = statSync(image).size;
await client.get('/version');
const began = process.hrtime.bigint();
await client.upload({
  node: 'pve1',
  storage: 'local',
  content: 'import',
  filename: 'bench.raw',
  body: openRange(image, 0, length),
  length,
});
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
client.close();
process.stdout.write(String(length / 2 ** 20 / seconds));
