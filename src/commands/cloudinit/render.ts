import { Args, Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { valueFlags } from '../../lib/commands/cloud-init-flags.js';
import type { RenderResult } from '../../lib/operations/cloudinit/render.js';

export default class CloudinitRender extends ShowCommand<RenderResult> {
  static override summary =
    'Make user-data of templates and values, and ISOs that guests read it from.';
  static override description = `A file whose first line is "## template: pmx" says in the next ones what values it takes, and has {{ NAME }} where they go:

  ## template: pmx
  ## value name: string
  ## value port: number = 8080
  ## value packages: list = [git, curl]
  ## value password: secret
  #cloud-config
  hostname: {{ name }}
  packages: {{ packages }}

Types are string, number, boolean, list and secret. In YAML a value is quoted where it must be, in a script it is a word of the
shell; {{ NAME | raw }}, json, shell and base64 say otherwise. Secrets are shown as ***: they are only in the files of --out
and --iso, which nobody but their owner may read. The result is checked as cloudinit validate does it.`;
  static override examples = [
    '<%= config.bin %> cloudinit render web.tpl.yaml --set name=web-01 --set packages=git,nginx',
    '<%= config.bin %> cloudinit render web.tpl.yaml --values secrets.yaml --out user-data',
    '<%= config.bin %> cloudinit render base.yaml setup.sh --multipart --out user-data',
    '<%= config.bin %> cloudinit render web.yaml --iso web-01.iso --hostname web-01',
  ];
  static override strict = false;
  static override args = {
    file: Args.string({
      description: 'Templates, or files as they are; - is standard input.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...valueFlags,
    multipart: Flags.boolean({ description: 'Join several files to one MIME message.' }),
    out: Flags.string({ description: 'Write the user-data here.', helpValue: 'FILE' }),
    iso: Flags.string({ description: 'Write an ISO here, for a CD drive.', helpValue: 'FILE' }),
    layout: Flags.option({
      description: 'What cloud-init is to find on the ISO.',
      options: ['nocloud', 'configdrive'] as const,
      default: 'nocloud',
      helpGroup: 'ISO',
    })(),
    hostname: Flags.string({
      description: 'Host name in the meta-data of the ISO.',
      default: 'localhost',
      helpGroup: 'ISO',
      helpValue: 'NAME',
    }),
    'instance-id': Flags.string({
      description: 'A new one makes a guest begin anew; made of the content when left out.',
      dependsOn: ['iso'],
      helpGroup: 'ISO',
      helpValue: 'ID',
    }),
    'meta-data': Flags.string({
      description: 'Own meta-data.',
      dependsOn: ['iso'],
      helpGroup: 'ISO',
      helpValue: 'FILE',
    }),
    'network-config': Flags.string({
      description: 'Own network-config; for configdrive an OpenStack network_data.json.',
      dependsOn: ['iso'],
      helpGroup: 'ISO',
      helpValue: 'FILE',
    }),
    'vendor-data': Flags.string({
      description: 'Own vendor-data.',
      dependsOn: ['iso'],
      helpGroup: 'ISO',
      helpValue: 'FILE',
    }),
  };

  protected override async show(): Promise<RenderResult> {
    const { givenValues } = await import('../../lib/operations/cloudinit/files.js');
    const { renderUserData } = await import('../../lib/operations/cloudinit/render.js');
    const given = this.flagsOf(CloudinitRender);
    const others = {
      ...(given['meta-data'] !== undefined && { metaData: given['meta-data'] }),
      ...(given['network-config'] !== undefined && { networkConfig: given['network-config'] }),
      ...(given['vendor-data'] !== undefined && { vendorData: given['vendor-data'] }),
    };
    return renderUserData({
      files: this.positionals,
      given: await givenValues(given.set, given.values),
      multipart: given.multipart === true,
      ...(given.out !== undefined && { out: given.out }),
      ...(given.iso !== undefined && {
        iso: {
          path: given.iso,
          layout: given.layout,
          hostname: given.hostname,
          ...(given['instance-id'] !== undefined && { instanceId: given['instance-id'] }),
          others,
        },
      }),
    });
  }

  protected override view({ userData, out, iso, secrets, warnings }: RenderResult): void {
    for (const warning of warnings) this.output.note(warning);
    if (out !== null) this.output.print(`User-data is in ${out}.`);
    if (iso !== null)
      this.output.print(`${iso.path} is an ISO for ${iso.layout}, labelled ${iso.label}.`);
    if (out !== null || iso !== null) return;
    this.output.raw(Buffer.from(userData));
    if (secrets.length > 0)
      this.output.note(`Not shown: ${secrets.join(', ')}. With --out FILE they are in the file.`);
  }
}
