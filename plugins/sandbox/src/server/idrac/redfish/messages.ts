import type { Reply } from '../exchange.js';
import type { RedfishProfile } from '../generations.js';

interface Message {
  /** Which registry it stands in. */
  from: 'base' | 'idrac';
  key: string;
  text: string;
  severity: string;
  resolution: string;
  args?: readonly string[];
  related?: readonly string[];
}

const REDFISH_HEADERS: Record<string, string> = {
  'Content-Type': 'application/json;charset=utf-8',
  'OData-Version': '4.0',
  'Cache-Control': 'no-cache',
};

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { ...REDFISH_HEADERS, ...headers }, body: JSON.stringify(value) };
}

/** One entry of `@Message.ExtendedInfo`, as Dell writes it. */
function extended(redfish: RedfishProfile, message: Message): Record<string, unknown> {
  const args = message.args ?? [];
  const related = message.related ?? [];
  return {
    Message: message.text,
    MessageArgs: args,
    'MessageArgs@odata.count': args.length,
    MessageId: `${message.from === 'base' ? redfish.base : redfish.idrac}.${message.key}`,
    RelatedProperties: related,
    'RelatedProperties@odata.count': related.length,
    Resolution: message.resolution,
    Severity: message.severity,
  };
}

function failure(
  redfish: RedfishProfile,
  status: number,
  message: Message,
  headers: Record<string, string> = {},
): Reply {
  return json(
    status,
    {
      error: {
        '@Message.ExtendedInfo': [extended(redfish, message)],
        code: redfish.errorCode,
        message: redfish.errorMessage,
      },
    },
    headers,
  );
}

const NONE = 'No response action is required.';

/** The body of an action that worked. */
export function success(redfish: RedfishProfile, more: Record<string, unknown> = {}): Reply {
  return json(200, {
    '@Message.ExtendedInfo': [
      extended(redfish, {
        from: 'idrac',
        key: 'SYS413',
        text: 'The operation successfully completed.',
        severity: 'Informational',
        resolution: NONE,
      }),
      extended(redfish, {
        from: 'base',
        key: 'Success',
        text: 'Successfully Completed Request',
        severity: 'OK',
        resolution: 'None',
      }),
    ],
    ...more,
  });
}

/** 401: no login, a wrong one, or an address that is blocked; the iDRAC does not say which. */
export const denied = (redfish: RedfishProfile): Reply =>
  failure(
    redfish,
    401,
    {
      from: 'base',
      key: 'AccessDenied',
      text: 'The authentication credentials included with this request are missing or invalid.',
      severity: 'Critical',
      resolution:
        'Attempt to ensure that the URI is correct and that the service has the appropriate credentials.',
    },
    { 'WWW-Authenticate': 'Basic realm="RedfishService"' },
  );

export const sessionsFull = (redfish: RedfishProfile): Reply =>
  failure(redfish, 503, {
    from: 'idrac',
    key: 'RAC0218',
    text: 'The maximum number of user sessions is reached.',
    severity: 'Informational',
    resolution: 'Close one or more sessions before opening another session.',
  });

export const notFound = (redfish: RedfishProfile, path: string): Reply =>
  failure(redfish, 404, {
    from: 'idrac',
    key: 'SYS403',
    text: `Unable to complete the operation because the resource ${path} entered in not found.`,
    severity: 'Critical',
    resolution:
      'Enter the correct resource and retry the operation. For information about valid resource, see the Redfish Users Guide available on the support site.',
    args: [path],
  });

/** Wording of the DMTF's Base registry. */
export const notAllowed = (redfish: RedfishProfile, allow: string): Reply =>
  failure(
    redfish,
    405,
    {
      from: 'base',
      key: 'OperationNotAllowed',
      text: 'The HTTP method is not allowed on this resource.',
      severity: 'Critical',
      resolution: 'None.',
    },
    { Allow: allow },
  );

export const malformed = (redfish: RedfishProfile): Reply =>
  failure(redfish, 400, {
    from: 'base',
    key: 'MalformedJSON',
    text: 'The request body submitted was malformed JSON and could not be parsed by the receiving service.',
    severity: 'Critical',
    resolution: 'Ensure that the request body is valid JSON and resubmit the request.',
  });

export const propertyMissing = (redfish: RedfishProfile, name: string): Reply =>
  failure(redfish, 400, {
    from: 'base',
    key: 'PropertyMissing',
    text: `The property ${name} is a required property and must be included in the request.`,
    severity: 'Warning',
    resolution:
      'Ensure that the property is in the request body and has a valid value and resubmit the request if the operation failed.',
    args: [name],
    related: [`#/${name}`],
  });

export const wrongType = (redfish: RedfishProfile, name: string, value: unknown): Reply =>
  failure(redfish, 400, {
    from: 'base',
    key: 'PropertyValueTypeError',
    text: `The value ${JSON.stringify(value)} for the property ${name} is of a different type than the property can accept.`,
    severity: 'Warning',
    resolution:
      'Correct the value for the property in the request body and resubmit the request if the operation failed.',
    args: [JSON.stringify(value), name],
    related: [`#/${name}`],
  });

export const wrongFormat = (redfish: RedfishProfile, name: string, value: string): Reply =>
  failure(redfish, 400, {
    from: 'base',
    key: 'PropertyValueFormatError',
    text: `The value ${value} for the property ${name} is of a different format than the property can accept.`,
    severity: 'Warning',
    resolution:
      'Correct the value for the property in the request body and resubmit the request if the operation failed.',
    args: [value, name],
    related: [`#/${name}`],
  });

export const notInList = (redfish: RedfishProfile, name: string, value: string): Reply =>
  failure(redfish, 400, {
    from: 'base',
    key: 'PropertyValueNotInList',
    text: `The value ${value} for the property ${name} is not in the list of acceptable values.`,
    severity: 'Warning',
    resolution:
      'Choose a value from the enumeration list that the implementation can support and resubmit the request if the operation failed.',
    args: [value, name],
    related: [`#/${name}`],
  });

export const propertyUnknown = (redfish: RedfishProfile, name: string): Reply =>
  failure(redfish, 400, {
    from: 'base',
    key: 'PropertyUnknown',
    text: `The property ${name} is not in the list of valid properties for the resource.`,
    severity: 'Warning',
    resolution:
      'Remove the unknown property from the request body and resubmit the request if the operation failed.',
    args: [name],
    related: [`#/${name}`],
  });

export const notWritable = (redfish: RedfishProfile, name: string): Reply =>
  failure(redfish, 400, {
    from: 'base',
    key: 'PropertyNotWritable',
    text: `The property ${name} is a read only property and cannot be assigned a value.`,
    severity: 'Warning',
    resolution:
      'Remove the property from the request body and resubmit the request if the operation failed.',
    args: [name],
    related: [`#/${name}`],
  });

/** LC011 as in dell/iDRAC-Redfish-Scripting #184. */
export const importFailed = (redfish: RedfishProfile): Reply =>
  failure(redfish, 400, {
    from: 'idrac',
    key: 'LC011',
    text: 'Certificate import operation failed.',
    severity: 'Critical',
    resolution:
      'Do the following and retry the operation: 1) WS-Man: Rerun the command or reset the iDRAC by invoking the iDRACReset method which is defined in the DCIM_iDRACCardService class. 2) iDRAC GUI: Restart the iDRAC.',
  });
