import type { App } from '../../app.js';
import * as actions from '../../qemu/agent-actions.js';
import { AGENT_QUERIES, agentRuns, checkNotFrozen, requireAgent } from '../../qemu/agent.js';
import { halt } from '../../qemu/power.js';
import type { Vm } from '../../state/model.js';
import type { FilePart, GuestAgent } from '../engine.js';

/** The agent of a pretended guest: it knows what the state of the sandbox knows. */
export class SimAgent implements GuestAgent {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  answers = async (vm: Vm): Promise<boolean> => agentRuns(vm);

  async require(vm: Vm, command: string): Promise<void> {
    await requireAgent(this.#app, vm);
    checkNotFrozen(vm, command);
  }

  query = async (vm: Vm, name: string): Promise<unknown> => AGENT_QUERIES[name]!(vm);

  exec = async (
    vm: Vm,
    command: readonly string[],
    input: string | undefined,
  ): Promise<{ pid: number }> => actions.exec(this.#app, vm, command, input);

  execStatus = async (vm: Vm, pid: number): Promise<Record<string, unknown>> =>
    actions.execStatus(this.#app, vm, pid);

  readFile = async (vm: Vm, path: string, part: FilePart): Promise<Record<string, unknown>> =>
    actions.readGuestFile(vm, path, part);

  writeFile = async (vm: Vm, path: string, content: string, encode: boolean): Promise<null> =>
    actions.writeGuestFile(this.#app, vm, path, content, encode);

  setPassword = (vm: Vm, user: string, password: string): Promise<unknown> =>
    actions.setPassword(this.#app, vm, user, password);

  freezeStatus = async (vm: Vm): Promise<string> => (vm.guest?.frozen ? 'frozen' : 'thawed');

  freeze = async (vm: Vm, frozen: boolean): Promise<number> =>
    actions.freeze(this.#app, vm, frozen);

  trim = async (vm: Vm): Promise<unknown> => actions.trim(vm);

  shutdown = (vm: Vm): Promise<void> => halt(this.#app, vm);
}
