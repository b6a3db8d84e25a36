import type { ErrorEntry } from '../entry.js';

/** The way to the server, and answers that are none of Proxmox VE's own. */
export const connection: readonly ErrorEntry[] = [
  {
    code: 'PMX_UNREACHABLE',
    title: 'The server cannot be reached',
    meaning: 'No connection came about, so nothing was sent and nothing was changed.',
    causes: [
      'Wrong host or port: Proxmox VE listens with https on 8006.',
      'The name is not known to DNS, or the name server does not answer.',
      'A VPN is down, or a firewall drops the packets.',
      'pveproxy is stopped on the node, or the node is off.',
    ],
    remedies: [
      'See where pmx wants to go: pmx context show',
      'Try connection, certificate and login, one by one: pmx auth test',
      'Try the port from this machine: curl -k https://HOST:8006',
      'On the node: systemctl status pveproxy',
    ],
  },
  {
    code: 'PMX_TIMEOUT',
    title: 'A read took too long',
    meaning: 'The server took the request and did not answer in time. Reading changes nothing.',
    causes: [
      'A storage behind it hangs (NFS, CIFS or iSCSI that is gone), so its status is never ready.',
      'The node is overloaded, or pvedaemon has no free worker.',
    ],
    remedies: [
      'Give it more time: pmx node list --request-timeout 120',
      'On the node: pvesm status, which hangs at the storage in question.',
      'On the node: systemctl status pvestatd pvedaemon pveproxy',
    ],
  },
  {
    code: 'PMX_ANSWER_LOST',
    title: 'A change was sent, its answer is lost',
    meaning:
      'The request went out and no verdict came back: it may have been carried out or not. pmx never sends a change twice by itself.',
    causes: [
      'The connection broke, or the time for a request was over, between sending and answer.',
      'A reverse proxy gave up (502, 504) while the node went on.',
      '596: the node lost it on the way to the daemon that does the work.',
      '596 after 5 s: an error text with characters beyond Latin-1 (€, typographic quotes) ends like this.',
    ],
    remedies: [
      'See whether a task began: pmx task list',
      'See what pmx knows of its own operation: pmx op list --open',
      'Look at the state of what was to be changed before trying again: pmx vm list',
    ],
  },
  {
    code: 'PMX_NODE_UNREACHABLE',
    title: 'The server answers, the node behind it does not',
    meaning:
      'The server that was asked passes requests on to the node that holds the guest or storage, and cannot reach that one.',
    causes: [
      'The node is off, is booting or lost the cluster network (595, 596).',
      'pvedaemon is stopped on the node that answers.',
      'A load balancer has no server behind it (502, 503).',
    ],
    remedies: [
      'See which nodes are online: pmx node list',
      'On the node: systemctl status pveproxy pvedaemon pve-cluster',
      'On a node that is up: pvecm status shows whether there is a quorum.',
      'Guests of a node that stays away: HA brings them up elsewhere, if they are HA resources.',
    ],
  },
  {
    code: 'PMX_NOT_PVE',
    title: 'Something else answers there',
    meaning: 'The answer came over https, but it is none of the Proxmox VE API.',
    causes: [
      'The port belongs to another service: 443 to a web server, 8007 to Proxmox Backup Server.',
      'A reverse proxy shows its own page, or wants a login first.',
      'The endpoint has a wrong path prefix.',
    ],
    remedies: [
      'See the endpoint: pmx context show',
      'Correct it: pmx context add NAME --replace --host HOST:8006 --token-id USER@REALM!NAME',
      'Look at it: curl -k https://HOST:8006/api2/json/version – PVE answers 401, "No ticket".',
    ],
  },
  {
    code: 'PMX_API_NOT_IMPLEMENTED',
    title: 'The server does not know this call',
    meaning: 'Proxmox VE answered 501: it has no such path, or not with this method.',
    causes: [
      'The path is misspelt, or the call takes another method (resize is a PUT).',
      'This Proxmox VE is older or newer than the call.',
    ],
    remedies: [
      'See its version: pmx api get /version',
      'Look it up in the API viewer: https://pve.proxmox.com/pve-docs/api-viewer/',
      'On a node: pvesh usage PATH --verbose',
    ],
  },
  {
    code: 'PMX_API_ERROR',
    title: 'Proxmox VE refused the call',
    meaning:
      'The server understood the request and said no; the message is its own, with each wrong parameter and why.',
    causes: [
      'A parameter is wrong or unknown (400, "Parameter verification failed").',
      'The state does not allow it (500): "VM is locked", "protection mode enabled", "already exists".',
      '"can\'t lock file … got timeout": another task has been holding the guest for more than 10 s.',
      '"storage is not online": a share or disk behind it is missing.',
      '"only root can set …": args, hookscript, skiplock, host devices and the like are for root@pam with its password; no role and no token is enough.',
      '429: a proxy in front asks to slow down.',
    ],
    remedies: [
      'See what is going on with the guest: pmx task list --vmid VMID',
      'Check parameters without sending anything: add --dry-run.',
      'A lock that nothing holds any more, on the node: qm unlock VMID',
    ],
  },
];
