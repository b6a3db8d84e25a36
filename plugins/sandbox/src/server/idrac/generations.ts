/**
 * What differs between the generations. Sources are named where a value is not plain from the
 * project's facts (facts/idrac.md, section in brackets); "assumed" marks what nobody has measured.
 */
import type { DistinguishedName } from './x509.js';

export type Generation = '6' | '7' | '8' | '9-old' | '9' | '10';
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** The self-signed certificate that the firmware makes for itself [§2, "Default certificate"]. */
export interface FactoryCertificate {
  subject: DistinguishedName;
  bits: 1024 | 2048;
  digest: 'sha1' | 'sha256';
  years: number;
}

export interface LockoutRules {
  /** Wrong logins that lead to a block; 0: never. */
  failures: number;
  windowSeconds: number;
  /** Length of the first block, the second and so on; the last one repeats. */
  blockSeconds: readonly number[];
}

export interface RedfishProfile {
  version: string;
  rootType: string;
  managerType: string;
  /** Where sessions are made: moved with Redfish 1.6 [§2]. */
  sessions: string;
  /** Registries that messages are quoted from. */
  base: string;
  idrac: string;
  /** `code` of an error body, and its fixed sentence. */
  errorCode: string;
  errorMessage: string;
  /** Certificate, clock and attribute services: iDRAC9 and later [§1.3]. */
  services: RedfishServices | undefined;
}

export interface RedfishServices {
  /** In front of `/DelliDRACCardService` and `/DellTimeService`; discover it, never hard-code it [§3]. */
  oem: string;
  /** Up to 5.00.00.00 a reference is a plain string, later an object with `@odata.id` [§3]. */
  stringReferences: boolean;
  /** UploadSSLKey: 6.00.02 and later [§2]. */
  keyUpload: boolean;
  tlsProtocols: readonly string[];
  tlsProtocol: string;
}

export interface Profile {
  product: string;
  /** ENDPOINTTYPE of `/cgi-bin/discover`; nothing: there is no such page. */
  endpointType: string | undefined;
  firmware: string;
  serverGeneration: string;
  serverModel: string;
  tls: { min: TlsVersion; max: TlsVersion; ciphers: string };
  /** Known for iDRAC6 only; the others send none here. */
  server: string | undefined;
  hsts: boolean;
  hostHeaderCheck: boolean;
  web: 'legacy-6' | 'legacy-8' | 'restgui' | 'none';
  wsman: boolean;
  redfish: RedfishProfile | undefined;
  /** Does a new certificate wait for a restart of the iDRAC [§2]? */
  restart: { import: boolean; replace: boolean };
  factory: FactoryCertificate;
  lockout: LockoutRules;
  resetTypes: readonly string[];
}

export const MANAGER = '/redfish/v1/Managers/iDRAC.Embedded.1';
export const SYSTEM = '/redfish/v1/Systems/System.Embedded.1';

const SECONDS_A_DAY = 86_400;
const DELL: Omit<DistinguishedName, 'commonName'> = {
  country: 'US',
  state: 'Texas',
  city: 'Round Rock',
  organization: 'Dell Inc.',
  unit: 'Remote Access Group',
};

// SECLEVEL=0 lets OpenSSL serve RSA 1024 and SHA-1 at all; the floor stays with the versions.
const MODERN_CIPHERS = 'DEFAULT@SECLEVEL=0';
/** iDRAC8 was seen with TLS_RSA_WITH_AES_128_CBC_SHA first [§8]; taken over for 7, the rest assumed. */
const MIDDLE_CIPHERS = 'AES128-SHA:HIGH:!aNULL:!PSK:@SECLEVEL=0';
/** DHE-RSA-AES256-GCM-SHA384 was seen live on 2.92; no elliptic curves on that stack (assumed). */
const OLD_CIPHERS =
  'DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-SHA:AES256-SHA:AES128-SHA:@SECLEVEL=0';

const GENERAL = 'A general error has occurred. See ExtendedInfo for more information';

/** Quoted as iDRAC 7/8 do (dell/iDRAC-Redfish-Scripting #126). */
const REDFISH_8: RedfishProfile = {
  version: '1.4.0',
  rootType: '#ServiceRoot.v1_3_0.ServiceRoot',
  managerType: '#Manager.v1_3_3.Manager',
  sessions: '/redfish/v1/Sessions',
  base: 'Base.1.2',
  idrac: 'IDRAC.1.6',
  errorCode: 'Base.1.0.GeneralError',
  errorMessage: `${GENERAL}.`,
  services: undefined,
};

const SERVICES_9: RedfishServices = {
  oem: `${MANAGER}/Oem/Dell`,
  stringReferences: false,
  keyUpload: true,
  tlsProtocols: ['TLS 1.1 and Higher', 'TLS 1.2 Only', 'TLS 1.2 and Higher', 'TLS 1.3 Only'],
  tlsProtocol: 'TLS 1.2 and Higher',
};

/** 6.10: registries as in #184 (2023-03), version as captured from a root of that age. */
const REDFISH_9: RedfishProfile = {
  version: '1.17.0',
  rootType: '#ServiceRoot.v1_6_0.ServiceRoot',
  managerType: '#Manager.v1_9_0.Manager',
  sessions: '/redfish/v1/SessionService/Sessions',
  base: 'Base.1.12',
  idrac: 'IDRAC.2.8',
  errorCode: 'Base.1.12.GeneralError',
  errorMessage: GENERAL,
  services: SERVICES_9,
};

const RESET_TYPES_8 = [
  'On',
  'ForceOff',
  'ForceRestart',
  'GracefulShutdown',
  'PushPowerButton',
  'Nmi',
];
const RESET_TYPES_9 = [...RESET_TYPES_8, 'GracefulRestart', 'PowerCycle'];
/** 3 failures in 60 s block the address for 60 s (two dumps of 5.10) [§5]. */
const LOCKOUT_9: LockoutRules = { failures: 3, windowSeconds: 60, blockSeconds: [60] };
const FACTORY_9: FactoryCertificate = {
  // The letters SVCTAG are literal: the dump's iDRAC was called idrac-U8OIL5X.
  subject: { ...DELL, commonName: 'idrac-SVCTAG' },
  bits: 2048,
  digest: 'sha256',
  years: 10,
};
const NINE: Omit<
  Profile,
  'firmware' | 'serverGeneration' | 'serverModel' | 'tls' | 'redfish' | 'restart'
> = {
  product: 'Integrated Dell Remote Access Controller',
  endpointType: undefined,
  server: undefined,
  hsts: false,
  hostHeaderCheck: true,
  web: 'restgui',
  wsman: false,
  factory: FACTORY_9,
  lockout: LOCKOUT_9,
  resetTypes: RESET_TYPES_9,
};
const EIGHT: Profile = {
  product: 'Integrated Dell Remote Access Controller 8',
  endpointType: 'iDRAC8',
  firmware: '2.86.86.86',
  serverGeneration: '13G',
  serverModel: 'PowerEdge R730',
  // TLS 1.0 is off by default since 2.40.40.40.
  tls: { min: 'TLSv1.1', max: 'TLSv1.2', ciphers: MIDDLE_CIPHERS },
  server: undefined,
  hsts: true,
  hostHeaderCheck: true,
  web: 'legacy-8',
  wsman: true,
  redfish: REDFISH_8,
  restart: { import: true, replace: true },
  // Key, digest and the name with an 8 are assumed; seven years and a day are the guide's.
  factory: {
    subject: { ...DELL, commonName: 'iDRAC8 default certificate' },
    bits: 2048,
    digest: 'sha256',
    years: 7,
  },
  lockout: { failures: 3, windowSeconds: SECONDS_A_DAY, blockSeconds: [600] },
  resetTypes: RESET_TYPES_8,
};

export const GENERATIONS: Readonly<Record<Generation, Profile>> = {
  '6': {
    product: 'Integrated Dell Remote Access Controller 6',
    endpointType: 'iDRAC',
    firmware: '2.92',
    serverGeneration: '11G',
    serverModel: 'PowerEdge R710',
    tls: { min: 'TLSv1', max: 'TLSv1.2', ciphers: OLD_CIPHERS },
    server: 'Mbedthis-Appweb/2.4.2',
    hsts: false,
    hostHeaderCheck: false,
    web: 'legacy-6',
    wsman: false,
    redfish: undefined,
    restart: { import: true, replace: true },
    // The length is assumed: nothing public says it.
    factory: {
      subject: { ...DELL, unit: 'iDRAC Group', commonName: 'iDRAC6 default certificate' },
      bits: 1024,
      digest: 'sha1',
      years: 7,
    },
    // Optional there, default unknown: off until asked for; then as in the guide's example.
    lockout: { failures: 0, windowSeconds: 60, blockSeconds: [300] },
    resetTypes: [],
  },
  '7': {
    ...EIGHT,
    product: 'Integrated Dell Remote Access Controller 7',
    endpointType: 'iDRAC7',
    firmware: '2.52.52.52',
    serverGeneration: '12G',
    serverModel: 'PowerEdge R620',
    hsts: false,
    hostHeaderCheck: false,
    redfish: { ...REDFISH_8, version: '1.0.2', rootType: '#ServiceRoot.v1_0_2.ServiceRoot' },
    factory: {
      ...EIGHT.factory,
      subject: { ...DELL, commonName: 'iDRAC7 default certificate' },
    },
    lockout: { failures: 3, windowSeconds: SECONDS_A_DAY, blockSeconds: [30, 60] },
  },
  '8': EIGHT,
  '9-old': {
    ...NINE,
    firmware: '4.40.00.00',
    serverGeneration: '14G',
    serverModel: 'PowerEdge R640',
    tls: { min: 'TLSv1.1', max: 'TLSv1.2', ciphers: MODERN_CIPHERS },
    hostHeaderCheck: false,
    wsman: true,
    // Redfish version and registries of 4.40 are assumed: between captures of 4.2x and 5.10.
    redfish: {
      ...REDFISH_9,
      version: '1.9.0',
      base: 'Base.1.5',
      idrac: 'IDRAC.2.1',
      errorCode: 'Base.1.5.GeneralError',
      services: {
        oem: '/redfish/v1/Dell/Managers/iDRAC.Embedded.1',
        stringReferences: true,
        keyUpload: false,
        tlsProtocols: ['TLS 1.0 and Higher', 'TLS 1.1 and Higher', 'TLS 1.2 Only'],
        tlsProtocol: 'TLS 1.1 and Higher',
      },
    },
    restart: { import: true, replace: true },
  },
  '9': {
    ...NINE,
    firmware: '6.10.80.00',
    serverGeneration: '15G',
    serverModel: 'PowerEdge R650',
    tls: { min: 'TLSv1.2', max: 'TLSv1.3', ciphers: MODERN_CIPHERS },
    redfish: REDFISH_9,
    restart: { import: false, replace: false },
  },
  '10': {
    ...NINE,
    firmware: '1.20.50.52',
    serverGeneration: '17G',
    serverModel: 'PowerEdge R770',
    // TLS list and validity of the factory certificate are unknown for 10: as on 9 (assumed).
    tls: { min: 'TLSv1.2', max: 'TLSv1.3', ciphers: MODERN_CIPHERS },
    web: 'none',
    redfish: {
      ...REDFISH_9,
      version: '1.20.1',
      managerType: '#Manager.v1_20_0.Manager',
      base: 'Base.1.18',
      idrac: 'IDRAC.2.16',
      errorCode: 'Base.1.18.GeneralError',
      errorMessage:
        'A general error has occurred.  See Resolution for information on how to resolve the error, or @Message.ExtendedInfo if Resolution is not provided.',
    },
    restart: { import: false, replace: false },
  },
};
