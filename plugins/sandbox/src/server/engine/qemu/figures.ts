import { readFile } from 'node:fs/promises';
import { NO_FIGURES } from '../engine.js';
import type { GuestFigures } from '../engine.js';
import type { QemuProcess } from './process.js';

const EVERY_MILLIS = 2000;
const PAGE = 4096;
/** Linux counts processor time in hundredths of a second, for everybody who asks. */
const TICKS_PER_SECOND = 100;

interface BlockStats {
  stats: { rd_bytes: number; wr_bytes: number };
}

/** Measures a running QEMU every few seconds, as pvestatd does. QEMU's user network counts nothing. */
export class Meter {
  readonly #guest: QemuProcess;
  readonly #cpus: number;
  readonly #maxmem: number;
  readonly #timer: NodeJS.Timeout;
  #before: { ticks: number; at: number } | undefined;
  figures: GuestFigures = NO_FIGURES;

  constructor(guest: QemuProcess, cpus: number, maxmem: number) {
    this.#guest = guest;
    this.#cpus = cpus;
    this.#maxmem = maxmem;
    this.#timer = setInterval(() => void this.measure(), EVERY_MILLIS).unref();
    void guest.ended.then(() => clearInterval(this.#timer));
  }

  async measure(): Promise<void> {
    try {
      const { pid, qmp } = this.#guest;
      const [stat, statm, blocks] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile(`/proc/${pid}/statm`, 'utf8'),
        qmp.run<BlockStats[]>('query-blockstats'),
      ]);
      const ticks = cpuTicks(stat);
      const at = Date.now();
      const before = this.#before ?? { ticks, at: at - 1 };
      this.#before = { ticks, at };
      const seconds = (at - before.at) / 1000;
      const resident = Number(statm.split(' ')[1]) * PAGE;
      const sum = (name: 'rd_bytes' | 'wr_bytes'): number =>
        blocks.reduce((total, { stats }) => total + stats[name], 0);
      this.figures = {
        ...NO_FIGURES,
        cpu: Math.min(1, (ticks - before.ticks) / TICKS_PER_SECOND / seconds / this.#cpus),
        mem: Math.min(this.#maxmem, resident),
        memhost: resident,
        diskread: sum('rd_bytes'),
        diskwrite: sum('wr_bytes'),
      };
    } catch {
      // The guest ends, or QEMU is too busy to answer: the last figures stay.
    }
  }
}

/** User and system time from /proc/PID/stat; the name in it may hold blanks and brackets. */
export function cpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
