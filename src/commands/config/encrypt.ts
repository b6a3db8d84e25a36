import { ChangeCommand, type Plan } from '@pmx-cli/kit';

export default class ConfigEncrypt extends ChangeCommand<{ changed: number }> {
  static override summary = 'Encrypt the stored secrets with a passphrase.';
  static override description =
    'The passphrase is asked for, or comes from PMX_PASSPHRASE. Only what lies in the file: a keychain encrypts by itself.';
  static override examples = ['<%= config.bin %> config encrypt'];

  protected override async plan(): Promise<Plan> {
    const { planEncrypt } = await import('../../lib/operations/config/encrypt.js');
    return planEncrypt(true);
  }

  protected override view({ changed }: { changed: number }): void {
    this.output.print(`Secrets encrypted: ${changed}.`);
  }
}
