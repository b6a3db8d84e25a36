import { empty } from '../exchange.js';
import { MANAGER, SYSTEM } from '../generations.js';
import { notInList } from './messages.js';
import { collection, described, link, textOf } from './resource.js';
import type { Body, Context, Entry } from './resource.js';

const SYSTEMS = '/redfish/v1/Systems';
const MANAGERS = '/redfish/v1/Managers';
const MANAGER_RESET = `${MANAGER}/Actions/Manager.Reset`;
const SYSTEM_RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;

/** Root, the iDRAC itself, the server. */
export function coreEntries(context: Context): Entry[] {
  const { device, redfish } = context;
  return [
    ['/redfish', { GET: () => ({ v1: '/redfish/v1/' }), open: ['GET'] }],
    ['/redfish/v1', { GET: () => root(context), open: ['GET'] }],
    [MANAGERS, { GET: () => collection(MANAGERS, 'ManagerCollection', 'Manager', [MANAGER]) }],
    [MANAGER, { GET: () => manager(context) }],
    [
      MANAGER_RESET,
      {
        POST: (body) => {
          const type = textOf(redfish, body, 'ResetType');
          if (type !== 'GracefulRestart') return notInList(redfish, 'ResetType', type);
          device.restart = 'idrac';
          return empty(204);
        },
      },
    ],
    [
      SYSTEMS,
      {
        GET: () =>
          collection(SYSTEMS, 'ComputerSystemCollection', 'Computer System Collection', [SYSTEM]),
      },
    ],
    [SYSTEM, { GET: () => system(context) }],
    [
      SYSTEM_RESET,
      {
        POST: (body) => {
          const type = textOf(redfish, body, 'ResetType');
          return device.switchPower(type) ? empty(204) : notInList(redfish, 'ResetType', type);
        },
      },
    ],
  ];
}

function root({ device, redfish }: Context): Body {
  return described('/redfish/v1', redfish.rootType, {
    Id: 'RootService',
    Name: 'Root Service',
    Description: 'Root Service',
    Product: 'Integrated Dell Remote Access Controller',
    // Vendor came with Redfish 1.9 [facts §2].
    ...(redfish.services ? { Vendor: 'Dell' } : {}),
    RedfishVersion: redfish.version,
    Managers: link(MANAGERS),
    Systems: link(SYSTEMS),
    SessionService: link('/redfish/v1/SessionService'),
    ...(redfish.services ? { CertificateService: link('/redfish/v1/CertificateService') } : {}),
    Links: { Sessions: link(redfish.sessions) },
    ProtocolFeaturesSupported: {
      ExpandQuery: { ExpandAll: true, Levels: true, Links: true, MaxLevels: 1, NoLinks: true },
      SelectQuery: true,
    },
    Oem: {
      Dell: {
        '@odata.context': '/redfish/v1/$metadata#DellServiceRoot.DellServiceRoot',
        '@odata.type': '#DellServiceRoot.v1_0_0.DellServiceRoot',
        IsBranded: 0,
        ManagerMACAddress: device.mac,
        ServiceTag: device.serviceTag,
      },
    },
  });
}

function manager({ device, redfish }: Context): Body {
  const { services } = redfish;
  return described(MANAGER, redfish.managerType, {
    Id: 'iDRAC.Embedded.1',
    Name: 'Manager',
    Description: 'BMC',
    ManagerType: 'BMC',
    Model: `${device.profile.serverGeneration} Monolithic`,
    FirmwareVersion: device.profile.firmware,
    DateTime: device.clock.iso(),
    DateTimeLocalOffset: device.clock.offset(),
    PowerState: device.power,
    Status: { Health: 'OK', State: 'Enabled' },
    ...(services ? { NetworkProtocol: link(`${MANAGER}/NetworkProtocol`) } : {}),
    Actions: {
      '#Manager.Reset': {
        'ResetType@Redfish.AllowableValues': ['GracefulRestart'],
        target: MANAGER_RESET,
      },
    },
    Links: {
      ManagerForServers: [link(SYSTEM)],
      'ManagerForServers@odata.count': 1,
      ...(services
        ? {
            Oem: {
              Dell: {
                DellAttributes: [link(`${MANAGER}/Oem/Dell/DellAttributes/iDRAC.Embedded.1`)],
                'DellAttributes@odata.count': 1,
                DellTimeService: link(`${services.oem}/DellTimeService`),
                DelliDRACCardService: link(`${services.oem}/DelliDRACCardService`),
              },
            },
          }
        : {}),
    },
  });
}

function system({ device }: Context): Body {
  return described(SYSTEM, '#ComputerSystem.v1_5_0.ComputerSystem', {
    Id: 'System.Embedded.1',
    Name: 'System',
    SystemType: 'Physical',
    Manufacturer: 'Dell Inc.',
    Model: device.profile.serverModel,
    SKU: device.serviceTag,
    // Filled by Dell's agent in the host, if there is one.
    HostName: device.hostName,
    PowerState: device.power,
    Status: { Health: 'OK', State: 'Enabled' },
    Actions: {
      '#ComputerSystem.Reset': {
        'ResetType@Redfish.AllowableValues': device.profile.resetTypes,
        target: SYSTEM_RESET,
      },
    },
    Links: { ManagedBy: [link(MANAGER)], 'ManagedBy@odata.count': 1 },
  });
}
