import type { ErrorEntry } from '../entry.js';

const fingerprint =
  'On the node: openssl x509 -in /etc/pve/local/pve-ssl.pem -noout -fingerprint -sha256 (pveproxy-ssl.pem, where that exists)';

/** Who the server is. In all of these nothing was sent, no secret either. */
export const tls: readonly ErrorEntry[] = [
  {
    code: 'PMX_TLS_FAILED',
    title: 'No TLS at this port',
    meaning: 'Something listens, but the TLS handshake broke off. Nothing was sent.',
    causes: [
      'The port speaks plain http, or is no web server at all (22, 3128, 5900).',
      'A very old TLS on the other side, or a middlebox that cuts the connection.',
    ],
    remedies: [
      'See host and port: pmx context show',
      'Look at the handshake: openssl s_client -connect HOST:8006',
    ],
  },
  {
    code: 'PMX_TLS_UNTRUSTED',
    title: 'Certificate of an unknown CA',
    meaning:
      "The server's certificate is signed by nobody whom this machine trusts, so no secret was sent.",
    causes: [
      'A fresh Proxmox VE: each cluster signs its certificates with a CA of its own.',
      'The CA of the company signed it, and is not installed on this machine.',
      'Somebody between you and the server.',
    ],
    remedies: [
      fingerprint,
      'Compare it with the one in the message, then pin it: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --fingerprint AA:BB:…',
      'Or trust the whole cluster, with /etc/pve/pve-root-ca.pem copied from a node: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --ca-cert pve-root-ca.pem',
      'Or give the nodes certificates of a public CA: pvenode acme cert order',
    ],
  },
  {
    code: 'PMX_TLS_EXPIRED',
    title: 'Certificate out of its time',
    meaning: 'The certificate has expired, or is not valid yet. No secret was sent.',
    causes: [
      'The daily renewal on the node (pve-daily-update.timer) did not run.',
      'The clock of this machine or of the node is wrong.',
    ],
    remedies: [
      'Check the clock on both sides: timedatectl',
      'On the node, for a certificate of its own CA: pvecm updatecerts --force && systemctl restart pveproxy',
      'On the node, for one of ACME: pvenode acme cert renew --force',
    ],
  },
  {
    code: 'PMX_TLS_NAME_MISMATCH',
    title: 'Certificate for another name',
    meaning: 'The certificate is trusted, but was issued for another name than the one asked for.',
    causes: [
      'The context has an IP address or an alias, and the certificate only the name of the node.',
      'The node was renamed or got another address since.',
      'A load balancer leads to another machine.',
    ],
    remedies: [
      'See which names it has: openssl s_client -connect HOST:8006 </dev/null | openssl x509 -noout -ext subjectAltName',
      'Use one of these: pmx context add NAME --replace --host pve1.example.org --token-id USER@REALM!NAME',
      'Or make the node issue a new one with its present names: pvecm updatecerts --force',
      'Or pin exactly this certificate with --fingerprint, after comparing it on the node.',
    ],
  },
  {
    code: 'PMX_TLS_FINGERPRINT_CHANGED',
    title: 'Another certificate than the pinned one',
    meaning:
      'The context accepts one certificate only, and the server showed another. Nothing was sent.',
    causes: [
      'The certificate was renewed: Proxmox VE does so by itself before its own ones expire.',
      'The node was installed anew, or the name now leads to another node.',
      'Somebody between you and the server.',
    ],
    remedies: [
      fingerprint,
      'If it is the one in the message, pin that: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --fingerprint AA:BB:…',
      'To be spared this at each renewal, trust the CA instead: --ca-cert with /etc/pve/pve-root-ca.pem of the cluster.',
      'If it is not: do not go on, and find out who answers there.',
    ],
  },
  {
    code: 'PMX_CA_UNREADABLE',
    title: 'The CA file cannot be used',
    meaning: 'The file of --ca-cert or PMX_CA_CERT is missing, unreadable or no PEM.',
    causes: [
      'It was moved since the context was made.',
      'It is DER or PKCS#12, or holds a key instead of a certificate.',
    ],
    remedies: [
      'See which file it is: pmx context show',
      'Take it from a node again: scp root@NODE:/etc/pve/pve-root-ca.pem .',
      'From DER: openssl x509 -inform der -in ca.der -out ca.pem',
    ],
  },
];
