import { ChangeCommand, type Plan } from '@pmx-cli/kit';

export default class ConfigDecrypt extends ChangeCommand<{ changed: number }> {
  static override summary = 'Store the secrets without a passphrase again.';
  static override description =
    'The passphrase is asked for, or comes from PMX_PASSPHRASE. Only what lies in the file: a keychain encrypts by itself.';
  static override examples = ['<%= config.bin %> config decrypt'];

  protected override async plan(): Promise<Plan> {
    const { planEncrypt } = await import('../../lib/operations/config/encrypt.js');
    return planEncrypt(false);
  }

  protected override view({ changed }: { changed: number }): void {
    this.output.print(`Secrets decrypted: ${changed}.`);
  }
}
