import { packageManagers, type Snippet } from './check-snippet.js';

/**
 * What programs in the guest may call. Packages that are there are not asked for again: it then works without a network,
 * and once more does no harm.
 */
const helpers = String.raw`fail() { echo "$*" >&2; exit 1; }
manager() {
  for one in apt-get dnf yum zypper apk pacman; do
    if command -v "$one" > /dev/null; then echo "$one"; return; fi
  done
  fail 'no package manager that pmx knows: apt, dnf, zypper, apk or pacman'
}
has_package() {
  case $pm in
    apt-get) [ "$(dpkg-query -W -f='$''{Status}' "$1" 2> /dev/null)" = 'install ok installed' ] ;;
    dnf | yum | zypper) rpm -q --whatprovides "$1" > /dev/null 2>&1 ;;
    apk) apk info -e "$1" > /dev/null 2>&1 ;;
    pacman) pacman -Q "$1" > /dev/null 2>&1 ;;
  esac
}
install_packages() {
  pm=$(manager)
  wanted=
  for name in "$@"; do has_package "$name" || wanted="$wanted $name"; done
  [ -n "$wanted" ] || return 0
  export DEBIAN_FRONTEND=noninteractive
  case $pm in
    apt-get)
      apt-get -q -o DPkg::Lock::Timeout=600 update
      apt-get -q -y -o DPkg::Lock::Timeout=600 install $wanted ;;
    dnf) dnf -q -y install $wanted ;;
    yum) yum -q -y install $wanted ;;
    zypper) zypper --non-interactive install $wanted ;;
    apk) apk add --quiet $wanted ;;
    pacman) pacman -Sy --noconfirm --needed $wanted ;;
  esac
}
enable_service() {
  if command -v systemctl > /dev/null; then
    case $(systemctl is-enabled "$1" 2> /dev/null) in
      enabled | static | indirect | alias | generated) ;;
      *) systemctl enable "$1" 2>&1 || return 1 ;;
    esac
    systemctl start "$1"
  elif command -v rc-update > /dev/null; then rc-update add "$1" default && rc-service "$1" start
  else return 1; fi
}
`;

/** Stops at the first thing that fails; helpers only for what calls them. */
function program(text: string): string {
  const helped = /\b(?:fail|manager|has_package|install_packages|enable_service)\b/.test(text);
  return `set -eu\n${helped ? helpers : ''}${text}`;
}

/** `sh -c` and so on, for the guest agent. */
export function installProgram(packages: readonly string[]): string[] {
  return ['sh', '-c', program('install_packages "$@"'), 'sh', ...packages];
}

export function snippetProgram({ packages, script, check }: Snippet): string[] {
  const cases = packageManagers
    .filter((manager) => packages?.[manager] !== undefined)
    .map((manager) => {
      const pattern = { apt: 'apt-get', dnf: 'dnf | yum' }[manager as string] ?? manager;
      return `  ${pattern}) install_packages ${packages![manager]!.join(' ')} ;;`;
    });
  const lines = [
    ...(packages
      ? [
          'pm=$(manager)',
          'case $pm in',
          ...cases,
          "  *) fail 'this snippet has no packages for this distribution' ;;",
          'esac',
        ]
      : []),
    ...(script === undefined ? [] : [script]),
    // Last: what it ends with is what the whole ends with.
    ...(check === undefined ? [] : [check]),
  ];
  return ['sh', '-c', program(lines.join('\n'))];
}

/** Runs a file in the guest and removes it. One that fails stays, for a look at it where the VM is kept. */
export function fileProgram(path: string): string[] {
  return ['sh', '-c', 'chmod 700 "$1" && "$1" && rm -f "$1"', 'sh', path];
}

/** User-data of the first boot: everything else goes through the agent that it brings. */
export const agentUserData = `#!/bin/sh
${program(`command -v qemu-ga > /dev/null || install_packages qemu-guest-agent
enable_service qemu-guest-agent
`)}`;
