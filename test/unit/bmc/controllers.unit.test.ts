import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { openAll } from '#dist/lib/operations/idrac/open-all.js';
import { readPower } from '#dist/lib/operations/idrac/power.js';
import { wantsNine, wantsRedfish } from '#dist/lib/operations/idrac/racadm.js';

import { failure } from '../engine/lab.ts';
import { Bench, password } from './bench.ts';

describe('logging in to management controllers', function () {
  this.timeout(30_000);
  let bench: Bench;

  beforeEach(() => void (bench = new Bench()));
  afterEach(() => bench.close());

  it('sends no password to a certificate that nobody vouches for', async () => {
    const persona = await bench.persona();
    const [place, other] = [bench.place(persona), await bench.persona()];
    const unknown = await failure(() => bench.pool({}, []).open(place));
    expect(unknown).to.include({ code: 'PMX_BMC_UNTRUSTED', exitCode: 2 });
    expect(unknown.message).to.include('Nobody vouches');
    bench.pins({ [persona.port]: other.fingerprint });
    const changed = await failure(() => bench.again().open(place));
    expect(changed.message).to.include('another certificate than the one remembered');
    // A pin is the only thing that counts where there is one.
    expect(await failure(() => bench.again({ insecure: true }).open(place))).to.include({
      code: 'PMX_BMC_UNTRUSTED',
    });
    expect(persona.logins).to.deep.equal({ right: 0, wrong: 0, locked: false });
  });

  it('trusts a pin, an authority, or whoever says that it need not', async () => {
    const persona = await bench.persona({ certificate: 'healthy' });
    const place = bench.place(persona);
    const caFile = join(bench.folder, 'ca.pem');
    writeFileSync(caFile, persona.authority);
    for (const [words, pinned] of [
      [{}, [persona]],
      [{ caFile }, []],
      [{ insecure: true }, []],
    ] as const) {
      const pool = bench.pool(words, pinned);
      const { power } = await readPower(await pool.open(place));
      expect(power).to.equal('On');
      await pool.close();
    }
    expect(bench.warnings).to.have.length(1);
    expect(persona.logins.right).to.equal(3);
    expect(persona.openSessions).to.equal(0);
  });

  it('sends it over weak TLS only where somebody says so, to a pinned certificate', async () => {
    const persona = await bench.persona({ generation: '8', newestTls: 'TLSv1.1' });
    const place = bench.place(persona);
    const refused = await failure(() => bench.pool().open(place));
    expect(refused).to.include({ code: 'PMX_BMC_TLS_TOO_OLD' });
    expect(persona.logins.right).to.equal(0);
    const open = await bench.pool({ legacyTls: true }).open(place);
    expect((await readPower(open)).power).to.equal('On');
  });

  it('tries a password once, also when it is asked for again, and logs in once a run', async () => {
    const persona = await bench.persona();
    const place = bench.place(persona);
    bench.says = () => 'wrong';
    const pool = bench.pool();
    for (let time = 0; time < 3; time++)
      expect(await failure(() => pool.open(place))).to.include({
        code: 'PMX_BMC_LOGIN_REFUSED',
        exitCode: 3,
      });
    expect(persona.logins).to.deep.equal({ right: 0, wrong: 1, locked: false });
    bench.says = () => password;
    const second = bench.again();
    const [one, two] = await Promise.all([second.open(place), second.open(place)]);
    expect(one).to.equal(two);
    expect(persona.logins.right).to.equal(1);
  });

  it('lets the first one go ahead alone, and stops at the second refused login', async () => {
    const personas = await Promise.all(Array.from({ length: 6 }, () => bench.persona()));
    const places = personas.map((persona) => bench.place(persona));
    bench.says = () => 'wrong';
    expect(await failure(() => openAll(bench.pool(), places))).to.include({
      code: 'PMX_BMC_LOGIN_REFUSED',
    });
    const wrong = (): number => personas.reduce((sum, { logins }) => sum + logins.wrong, 0);
    expect(wrong()).to.equal(1);
    const seen = { count: 0 };
    bench.says = () => (seen.count++ === 0 ? password : 'wrong');
    const error = await failure(() => openAll(bench.again(), places));
    expect(error).to.include({ code: 'PMX_BMC_NOT_ALL', exitCode: 3 });
    expect(error.message).to.include('2 of 6 controllers');
    expect(wrong()).to.equal(3);
    bench.says = () => password;
    const all = await openAll(bench.again(), places);
    expect(all.map(({ port }) => port)).to.deep.equal(places.map(({ port }) => port));
  });

  it('says that all sessions are taken, and leaves none of its own behind', async () => {
    const persona = await bench.persona({ sessionLimit: 1 });
    const place = bench.place(persona);
    const first = bench.pool();
    await first.open(place);
    expect(await failure(() => bench.again().open(place))).to.include({
      code: 'PMX_BMC_SESSIONS_FULL',
    });
    await first.close();
    expect(persona.openSessions).to.equal(0);
    await bench.again().open(place);
  });

  it('goes by the address where the name is refused', async () => {
    const persona = await bench.persona({ generation: '9' });
    bench.pins({});
    writeFileSync(
      bench.pinsFile,
      JSON.stringify({ [`localhost:${persona.port}`]: persona.fingerprint }),
    );
    const open = await bench.again().open({ host: 'localhost', port: persona.port });
    expect((await readPower(open)).serviceTag).to.equal(persona.serviceTag);
  });

  it('tells what to type into racadm where Redfish has nothing, before anybody logs in', async () => {
    const [six, seven, eight] = await Promise.all(
      (['6', '7', '8'] as const).map((generation) => bench.persona({ generation })),
    );
    const pool = bench.pool();
    for (const persona of [six!, seven!, eight!]) {
      const place = bench.place(persona);
      const error = await failure(() => pool.open(place, wantsNine('cert reset')(place)));
      expect(error).to.include({ code: 'PMX_BMC_NO_API', exitCode: 1 });
      expect(error.hints).to.include('racadm -r 127.0.0.1 -u USER -i sslresetcfg');
      expect(persona.logins.right).to.equal(0);
    }
    const other = bench.again();
    const place = bench.place(eight!);
    const open = await other.open(place, wantsRedfish('power status')(place));
    expect((await readPower(open)).model).to.equal('PowerEdge R730');
  });

  it('ends with Ctrl-C while nobody answers, and closes what is open', async () => {
    const persona = await bench.persona();
    const pool = bench.pool();
    await pool.open(bench.place(persona));
    expect(persona.openSessions).to.equal(1);
    bench.stop.abort();
    expect(await failure(() => bench.again().open(bench.place(persona)))).to.include({
      exitCode: 130,
    });
    await pool.close();
    expect(persona.openSessions).to.equal(0);
  });
});
