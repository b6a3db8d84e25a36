import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { type Outcome, outcomeOf } from '../e2e/support.ts';
import type { QemuLab } from './support.ts';

/** Inside the validity of the certificate, outside of which today is. */
const inside = '2017-06-01Z';

/** A boot under emulation, on a busy machine. */
const bootSeconds = 600;

/** A guest in whose eyes a server's certificate has expired, until its clock is shifted. */
export class TimeTrial {
  readonly #lab: QemuLab;
  readonly #vm: string;
  /** Asks the server; ends with 0 when its certificate is accepted. */
  readonly #check: readonly string[];
  /** Milliseconds that the guest is ahead when nobody touches it. */
  #original = 0;

  constructor(lab: QemuLab, vm: string, check: readonly string[]) {
    this.#lab = lab;
    this.#vm = vm;
    this.#check = check;
  }

  async begin(): Promise<void> {
    this.#original = (await this.status()).offset;
  }

  pmx(...words: string[]): Promise<Outcome> {
    return this.#lab.lab.pmx(words);
  }

  async status(): Promise<{ offset: number; ntp: string[] | null; shift: unknown }> {
    const [status] = await this.#lab.lab.json<
      [{ offset: number; ntp: string[] | null; shift: unknown }]
    >('time', 'status', this.#vm);
    return status;
  }

  /** @param code of the program when the certificate is refused */
  async expectExpired(code: number): Promise<void> {
    const outcome = await this.pmx('vm', 'exec', this.#vm, '--', ...this.#check);
    expect(outcome.code, outcome.stdout + outcome.stderr).to.equal(code);
    expect(outcome.stdout + outcome.stderr).to.include('certificate has expired');
  }

  async expectAcceptedMeanwhile(said: string): Promise<void> {
    const run = await this.pmx('time', 'run', this.#vm, '--to', inside, '--', ...this.#check);
    expect(run.code, run.stdout + run.stderr).to.equal(0);
    expect(run.stdout + run.stderr).to.include(said);
    expect(run.stderr).to.match(/the clock is back, \d{1,3} ms off/);
  }

  /** Where it was: the clock of a guest that has just booted has whole seconds. */
  async expectHome(original = this.#original): Promise<void> {
    const { offset, shift } = await this.status();
    expect(Math.abs(offset - original)).to.be.below(1000);
    expect(shift).to.equal(null);
  }

  async expectBrought(...words: string[]): Promise<void> {
    const { code, stdout, stderr } = await this.pmx('time', 'restore', ...words);
    expect(code, stdout + stderr).to.equal(0);
  }

  /** A run that is in its step `step` is killed, then `--due` brings the clock home. */
  async expectHomeAfterKill(step: string): Promise<void> {
    const known = this.#journals();
    const words = ['time', 'run', this.#vm, '--to', inside, '--', ...this.#check];
    const child = this.#lab.lab.spawn(words);
    const outcome = outcomeOf(child);
    await this.#reaches(known, step);
    child.kill('SIGKILL');
    await outcome;
    await this.expectBrought('--due', '--yes');
    await this.expectHome();
  }

  /**
   * A run whose program reboots the guest brings the clock home when the guest is back; where that takes
   * longer than it waits, `--due` does it.
   */
  async expectHomeAfterReboot(vmid: number, original?: number): Promise<void> {
    const program = ['sh', '-c', 'reboot -f; sleep 600'];
    const run = await this.pmx('time', 'run', this.#vm, '--to', inside, '--', ...program);
    expect(run.code, run.stdout + run.stderr).to.be.oneOf([2, 3]);
    await this.#lab.agentUp(vmid, bootSeconds);
    await this.expectBrought('--due', '--yes');
    await this.expectHome(original);
  }

  #journals(): string[] {
    const folder = this.#lab.lab.file('state/operations');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
  }

  #reaches(known: readonly string[], step: string): Promise<void> {
    return this.#lab.until(`step ${step}`, async () => {
      const fresh = this.#journals().find((name) => !known.includes(name));
      if (fresh === undefined) return false;
      const text = readFileSync(join(this.#lab.lab.file('state/operations'), fresh), 'utf8');
      return text.includes(`"event":"step-started","step":"${step}"`);
    });
  }
}
