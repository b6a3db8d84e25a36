import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

/** What POST /access/ticket gives. */
export interface TicketAnswer {
  username?: string;
  ticket?: string;
  CSRFPreventionToken?: string;
  /** 1 when the ticket is only good for the second factor. */
  NeedTFA?: number | boolean;
}

export interface Ticket {
  ticket: string;
  csrfToken: string;
}

export interface SessionOptions {
  username: string;
  password: string;
  /** Posts to /access/ticket; a 401 must come as a PmxError `PMX_AUTH_FAILED`. */
  login: (username: string, password: string) => Promise<TicketAnswer>;
  protect?: (secret: string) => void;
  /** Milliseconds, rising evenly; another one in tests. */
  now?: () => number;
}

/** Half of PVE's two hours: there is always time left for a second try with the old ticket. */
const renewAfter = 60 * 60 * 1000;

/**
 * The ticket of a password login: got on first use, renewed at half of its life, shared by all
 * requests that run at once.
 */
export class TicketSession {
  readonly #options: SessionOptions;
  readonly #now: () => number;
  #current: (Ticket & { since: number }) | undefined;
  #pending: Promise<Ticket> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    // Not the wall clock: a jump of it must not make a ticket look young.
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * @param rejected a ticket that the server just answered with 401; a new login follows unless
   *   somebody else already got another one
   * @throws RequestError `PMX_TFA_REQUIRED`; ProxmoxError `PMX_AUTH_FAILED`
   */
  async ticket(rejected?: Ticket): Promise<Ticket> {
    const current = this.#current;
    if (
      current &&
      current.ticket !== rejected?.ticket &&
      this.#now() - current.since < renewAfter
    ) {
      return current;
    }
    this.#pending ??= this.#renew(rejected).finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #renew(rejected: Ticket | undefined): Promise<Ticket> {
    const { username, password, login } = this.#options;
    const old = this.#current;
    this.#current = undefined;
    if (old && old.ticket !== rejected?.ticket) {
      try {
        // The old ticket is a password as long as it lives, and unlike one it needs no PAM round.
        return this.#accept(await login(username, old.ticket));
      } catch (error) {
        if (!isPmxError(error) || error.code !== 'PMX_AUTH_FAILED') throw error;
      }
    }
    return this.#accept(await login(username, password));
  }

  #accept(answer: TicketAnswer): Ticket {
    const { ticket = '', CSRFPreventionToken: csrfToken = '' } = answer;
    for (const secret of [ticket, csrfToken]) if (secret !== '') this.#options.protect?.(secret);
    // Before PVE 7.2 the flag said it, since then the ticket's own prefix does too.
    if (Number(answer.NeedTFA ?? 0) === 1 || ticket.startsWith('PVE:!tfa!')) {
      throw new RequestError({
        code: 'PMX_TFA_REQUIRED',
        message: `${this.#options.username} has two-factor authentication, which a password alone cannot pass.`,
        hints: [
          `Log in once with both and keep an API token, which needs no second factor: pmx login --user ${this.#options.username} --create-token`,
        ],
      });
    }
    this.#current = { ticket, csrfToken, since: this.#now() };
    return this.#current;
  }
}
