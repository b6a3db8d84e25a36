import type { ControllerIdentity, ControllerPlace } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { nameOf } from '../../bmc/index.js';

/** The oldest generation whose certificates and clock Redfish changes. */
const oldestWithCertificates = 9;

const racadm = (host: string, line: string): string => `racadm -r ${host} -u USER -i ${line}`;

/** What to type where Redfish has nothing; `-i` asks for the password. */
export const racadmLines = {
  'cert reset': (host: string) => [racadm(host, 'sslresetcfg'), racadm(host, 'racreset')],
  'cert replace': (host: string) => [
    racadm(host, 'sslkeyupload -t 1 -f key.pem'),
    racadm(host, 'sslcertupload -t 1 -f cert.pem'),
    racadm(host, 'racreset'),
  ],
  'cert csr': (host: string) => [
    racadm(host, 'config -g cfgRacSecurity -o cfgRacSecCsrCommonName NAME'),
    racadm(host, 'sslcsrgen -g -f request.csr'),
  ],
  'cert export': (host: string) => [racadm(host, 'sslcertdownload -t 1 -f cert.pem')],
  'time show': (host: string) => [racadm(host, 'getractime')],
  'time sync': (host: string) => [
    racadm(host, 'config -g cfgRemoteHosts -o cfgRhostsNtpServer1 NTP-SERVER'),
    racadm(host, 'config -g cfgRemoteHosts -o cfgRhostsNtpEnable 1'),
  ],
  'power status': (host: string) => [racadm(host, 'serveraction powerstatus')],
  'power on': (host: string) => [racadm(host, 'serveraction powerup')],
  'power off': (host: string) => [racadm(host, 'serveraction graceshutdown')],
  'power cycle': (host: string) => [racadm(host, 'serveraction powercycle')],
  'power reset': (host: string) => [racadm(host, 'serveraction hardreset')],
} as const;

export type Task = keyof typeof racadmLines;

function noWay(place: ControllerPlace, who: string, task: Task): RequestError {
  return new RequestError({
    code: 'PMX_BMC_NO_API',
    message: `${nameOf(place)} is ${who}, which has no way for this that pmx speaks.`,
    hints: ['With racadm of Dell it goes so:', ...racadmLines[task](place.host)],
    data: { racadm: racadmLines[task](place.host) },
  });
}

/** @throws RequestError `PMX_BMC_NO_API`, before anybody logs in */
export const wantsRedfish =
  (task: Task) =>
  (place: ControllerPlace) =>
  ({ vendor, generation, redfish }: ControllerIdentity): void => {
    if (redfish !== null) return;
    if (vendor === null)
      throw new RequestError({
        code: 'PMX_BMC_NO_API',
        message: `What answers at ${nameOf(place)} shows no mark of a management controller.`,
        hints: [`pmx net check ${nameOf(place)}`],
      });
    throw noWay(place, `an iDRAC${generation ?? ''} without Redfish`, task);
  };

/** As `wantsRedfish`, for what only iDRAC9 and newer do over it. */
export const wantsNine =
  (task: Task) =>
  (place: ControllerPlace) =>
  (identity: ControllerIdentity): void => {
    wantsRedfish(task)(place)(identity);
    const { vendor, generation } = identity;
    if (vendor !== 'Dell')
      throw new RequestError({
        code: 'PMX_BMC_NO_API',
        message: `${nameOf(place)} is a controller of ${vendor}; this goes with iDRACs only.`,
        hints: ['Use its own web interface.'],
      });
    if (generation !== null && generation < oldestWithCertificates)
      throw noWay(place, `an iDRAC${generation}`, task);
  };
