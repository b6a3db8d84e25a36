import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.js';
import { openCertificate } from '../http/certificate.js';
import type { Certificate } from '../http/certificate.js';

/** The server's own certificate, and the one that a fault shows instead. */
export class Certificates {
  readonly #app: App;
  readonly #own: Certificate;
  #other: Certificate | undefined;
  #shown: Certificate;
  /** Told when new connections have to see another one. */
  onSwitch: (certificate: Certificate) => void = () => undefined;

  private constructor(app: App, own: Certificate) {
    this.#app = app;
    this.#own = own;
    this.#shown = own;
  }

  static async open(app: App): Promise<Certificates> {
    const { dataDir } = app.settings;
    const made = new Certificates(app, await openCertificate(dataDir, app.store.state.nodes));
    app.prepareCertificate = () => made.#prepare();
    const { book } = app.faults;
    // It may come into force with any request, and then there is no time to make one.
    if (book.entries.some(({ action }) => action.type === 'new-certificate')) await made.#prepare();
    book.onChange = () => made.#choose();
    made.#choose();
    return made;
  }

  /** What a connection that is made now sees. */
  get shown(): Certificate {
    return this.#shown;
  }

  async #prepare(): Promise<void> {
    const directory = join(this.#app.settings.dataDir, 'faults');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    this.#other ??= await openCertificate(directory, this.#app.store.state.nodes);
  }

  #choose(): void {
    const wanted = (this.#app.faults.otherCertificate ? this.#other : undefined) ?? this.#own;
    this.#app.fingerprint = wanted.fingerprint;
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.onSwitch(wanted);
  }
}
