import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const soak = fileURLToPath(new URL('../soak/run.js', import.meta.url));

/** A few of what `npm run soak -- --operations 1000` does many of; the seed is printed. */
describe('by chance', function () {
  this.timeout(240_000);

  it('operations under faults and kills end done or undone, as their journals say', async () => {
    const args = ['--operations', '60', '--minutes', '1', '--processes', '4', '--seed', '5'];
    const { stdout } = await run(process.execPath, [soak, ...args]).catch((error: Error) => {
      const { stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
      throw new Error(`${stdout}${stderr}`, { cause: error });
    });
    console.log(stdout.replaceAll(/^/gm, '      '));
  });
});
