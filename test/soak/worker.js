import { clusterActions } from './actions/cluster.js';
import { containerActions } from './actions/containers.js';
import { vmActions } from './actions/vms.js';

const exitCodes = [0, 1, 2, 3, 130];
const crash = /\b(?:TypeError|ReferenceError|RangeError|Cannot read properties|unhandled)\b/i;
/** Refusals that only a mistake of this test can lead to. */
const mistakes = /^PMX_(?:USAGE|INTERNAL|UNKNOWN_\w+)$/;

/** One that uses pmx by chance, and holds what it says against the server. */
export class Worker {
  constructor(home, roll, number, report) {
    Object.assign(this, { home, roll, number, report });
    /** Names of the guests that this one has made, and nobody else touches. */
    this.vms = new Set();
    this.templates = new Set();
    this.containers = new Set();
    this.made = 0;
    this.interrupted = 0;
    this.continued = 0;
    /** `vm set: ok` or `vm set: PMX_LOCKED` → how often. */
    this.ends = new Map();
  }

  async run(isOver) {
    const wheel = [...vmActions, ...containerActions, ...clusterActions].flatMap(
      ([weight, action]) => Array(weight).fill(action),
    );
    while (!isOver()) await this.roll.pick(wheel)(this);
  }

  newName(noun) {
    return `${noun}-${this.number}-${this.made++}`;
  }

  /** Runs a command, sometimes with a signal in the middle, and what is left open is continued. */
  async pmx(...args) {
    const signal = this.roll.chance(0.25) ? this.roll.pick(['SIGKILL', 'SIGKILL', 'SIGINT']) : null;
    const early = this.roll.chance(0.2);
    const interrupt = signal && { signal, early, millis: this.roll.below(early ? 1500 : 700) };
    const outcome = await this.home.pmx(args, interrupt);
    if (outcome.signal !== null || outcome.code === 130) this.interrupted++;
    else this.#checkManners(outcome);
    this.#count(outcome);
    if (outcome.code !== 0) await this.#settle(outcome.pid);
    return outcome;
  }

  #checkManners({ args, code, stdout, stderr }) {
    const told = `pmx ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`;
    if (!exitCodes.includes(code) || crash.test(stdout + stderr)) this.report(told);
    try {
      const { error } = JSON.parse(stdout) ?? {};
      if (code !== 0 && mistakes.test(error?.code)) this.report(told);
    } catch {
      this.report(`no JSON from ${told}`);
    }
  }

  #count({ args, code, signal, stdout }) {
    let end = signal ?? (code === 0 ? 'ok' : `exit ${code}`);
    if (signal === null && code !== 0 && code !== 130)
      end = /"code":\s*"(\w+)"/.exec(stdout)?.[1] ?? end;
    const words = args.slice(0, 3).filter((word) => /^[a-z]+$/.test(word));
    const key = `${words.join(' ')}: ${end}`;
    this.ends.set(key, (this.ends.get(key) ?? 0) + 1);
  }

  /** Rolls back or resumes what this process has left open. */
  async #settle(pid) {
    const own = this.home.operationsOf(pid);
    const open = (await this.home.json('op', 'list', '--open', '--limit', '10000')).filter(
      ({ id, status }) => own.includes(id) && status !== 'running',
    );
    for (const { id } of open) {
      this.continued++;
      const verb = this.roll.pick(['rollback', 'rollback', 'resume']);
      // Whoever takes it up may be killed as well: the next one goes on.
      const interrupt = this.roll.chance(0.2)
        ? { signal: 'SIGKILL', early: true, millis: 400 + this.roll.below(800) }
        : null;
      const { signal } = await this.home.pmx(['op', verb, id], interrupt);
      if (signal !== null) await this.home.pmx(['op', 'rollback', id]);
    }
  }

  /** What a lost worker of Proxmox VE left has a name as well, but is no guest. */
  async guests(name) {
    const rows = await this.home.read('/cluster/resources?type=vm');
    return rows.filter((row) => row.name === name && !this.home.leftLocked.has(row.vmid));
  }

  async isOpen(name) {
    const operations = await this.home.json('op', 'list', '--open', '--limit', '10000');
    return operations.some(({ target }) => target.includes(name));
  }

  /** It may have been finished by `op resume`. */
  async isResumed(name) {
    const operations = await this.home.json('op', 'list', '--limit', '10000');
    return operations.some(({ target, status }) => target.includes(name) && status === 'completed');
  }

  /** Makes a guest; what pmx says of it has to be so. */
  async create(known, name, args) {
    const { code, stdout, stderr } = await this.pmx(...args);
    const found = await this.guests(name);
    if (found.length > 1) this.report(`${name} exists ${found.length} times`);
    // With a locked one beside it its name says no longer which is meant.
    const isAlone = !stderr.includes('locked');
    if (found.length === 1 && isAlone) known.add(name);
    const told = `exit ${code}\n${stdout}${stderr}`;
    if (code === 0 && found.length === 0)
      this.report(`${name} was created, but is not there: ${told}`);
    const refused = code !== null && code !== 0;
    if (refused && found.length > 0 && !(await this.isOpen(name)) && !(await this.isResumed(name)))
      this.report(`${name} was not created, but is there: ${told}`);
  }

  async remove(known, args) {
    if (known.size === 0) return;
    const name = this.roll.pick([...known]);
    const { code, stdout } = await this.pmx(...args(name));
    const found = await this.guests(name);
    if (found.length === 0) known.delete(name);
    if (code === 0 && found.length > 0) this.report(`${name} was deleted, but is there: ${stdout}`);
  }

  async power(known, noun, verb, wanted) {
    if (known.size === 0) return;
    const name = this.roll.pick([...known]);
    const { code, stdout } = await this.pmx(noun, verb, name);
    const [row] = await this.guests(name);
    if (code === 0 && row?.status !== wanted)
      this.report(`${noun} ${verb} ${name} ended well, but it is ${row?.status}: ${stdout}`);
  }

  /** A guest of this worker, and nobody else's. */
  async own(known = this.vms) {
    if (known.size === 0) return undefined;
    const [row] = await this.guests(this.roll.pick([...known]));
    return row && { ...row, path: `/nodes/${row.node}/${row.type}/${row.vmid}` };
  }

  async config(path, ...keys) {
    const config = await this.home.read(`${path}/config`);
    return keys.map((key) => config[key] ?? null);
  }

  async snapshots(path) {
    const rows = await this.home.read(`${path}/snapshot`);
    return rows.map(({ name }) => name).sort();
  }

  /**
   * Runs a change and holds what the journal says of it against `read`: done means `wanted`, taken
   * back means as before; what is still open says nothing yet.
   */
  async change(args, read, wanted) {
    const before = await read();
    const { pid, code, stdout, stderr } = await this.pmx(...args);
    const own = this.home.operationsOf(pid);
    const all = await this.home.json('op', 'list', '--limit', '10000');
    const [operation] = all.filter(({ id }) => own.includes(id));
    const after = await read();
    const told = `exit ${code}, ${operation?.id} ${operation?.status}\n${stdout}${stderr}`;
    const status = operation?.status ?? (code === 0 ? 'completed' : 'rolled-back');
    if (code === 0 && status !== 'completed') this.report(`${args.join(' ')}: ${told}`);
    if (status === 'completed' && !wanted(after))
      this.report(`${args.join(' ')} is done, but there is ${JSON.stringify(after)}: ${told}`);
    if (status === 'rolled-back' && JSON.stringify(after) !== JSON.stringify(before))
      this.report(
        `${args.join(' ')} is taken back, but ${JSON.stringify(before)} is ${JSON.stringify(after)}: ${told}`,
      );
  }
}
