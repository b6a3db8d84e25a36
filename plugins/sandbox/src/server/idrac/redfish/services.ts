import { parseMoment } from '../clock.js';
import { MANAGER } from '../generations.js';
import {
  notInList,
  notWritable,
  propertyMissing,
  propertyUnknown,
  success,
  wrongFormat,
  wrongType,
} from './messages.js';
import { described, textOf } from './resource.js';
import type { Context, Entry } from './resource.js';

const ATTRIBUTES = `${MANAGER}/Oem/Dell/DellAttributes/iDRAC.Embedded.1`;

/** Clock and attributes of iDRAC9 and later. */
export function serviceEntries(context: Context): Entry[] {
  const { device, redfish } = context;
  if (!redfish.services) return [];
  const timeService = `${redfish.services.oem}/DellTimeService`;
  const manageTime = `${timeService}/Actions/DellTimeService.ManageTime`;
  return [
    [
      timeService,
      {
        GET: () =>
          described(timeService, '#DellTimeService.v1_1_0.DellTimeService', {
            Id: 'DellTimeService',
            Name: 'DellTimeService',
            Actions: { '#DellTimeService.ManageTime': { target: manageTime } },
          }),
      },
    ],
    [
      manageTime,
      {
        POST: (body) => {
          const read = body['GetRequest'];
          if (read === undefined) return propertyMissing(redfish, 'GetRequest');
          if (typeof read !== 'boolean') return wrongType(redfish, 'GetRequest', read);
          if (read)
            return success(redfish, { TimeData: device.clock.iso(), TimeZone: device.clock.zone });
          const text = textOf(redfish, body, 'TimeData');
          const moment = parseMoment(text);
          if (!moment) return wrongFormat(redfish, 'TimeData', text);
          device.clock.set(moment);
          return success(redfish);
        },
      },
    ],
    [
      ATTRIBUTES,
      {
        GET: () =>
          described(ATTRIBUTES, '#DellAttributes.v1_0_0.DellAttributes', {
            Id: 'iDRACAttributes',
            Name: 'OEMAttributeRegistry',
            AttributeRegistry: 'ManagerAttributeRegistry.v1_0_0',
            Attributes: device.attributes.list(),
          }),
        PATCH: (body) => {
          const wanted = body['Attributes'];
          if (wanted === undefined) return propertyMissing(redfish, 'Attributes');
          if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))
            return wrongType(redfish, 'Attributes', wanted);
          const changes = Object.entries(wanted).map(
            ([name, value]) => [name, String(value)] as const,
          );
          // All or nothing.
          for (const [name, value] of changes) {
            const verdict = device.attributes.check(name, value);
            if (verdict === 'unknown') return propertyUnknown(redfish, name);
            if (verdict === 'read-only') return notWritable(redfish, name);
            if (verdict === 'bad-value') return notInList(redfish, name, value);
          }
          for (const [name, value] of changes) device.attributes.set(name, value);
          return success(redfish);
        },
      },
    ],
  ];
}
