import { packageManagers, type Snippet } from './check-snippet.js';

/**
 * What every program in the guest begins with. Packages that are there are not asked for again: it then works without a network,
 * and once more does no harm.
 */
const prelude = String.raw`set -eu
fail() { echo "$*" >&2; exit 1; }
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

/** The agent gives back what programs say; of a package manager's much talk the end is what matters. */
const lastWords = (program: string): string => `${prelude}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
set +e
( set -e
${program}
) > "$out" 2>&1
code=$?
[ "$code" = 0 ] || tail -c 450 "$out"
exit "$code"
`;

/** `sh -c` and so on, for the guest agent. */
export function installProgram(packages: readonly string[]): string[] {
  return ['sh', '-c', lastWords('install_packages "$@"'), 'sh', ...packages];
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
    ...(check === undefined
      ? []
      : [`{ ${check}; } > /dev/null || fail 'it is not there after all'`]),
  ];
  return ['sh', '-c', lastWords(lines.join('\n'))];
}

/** Runs a file in the guest and removes it, whatever comes of it. */
export function fileProgram(path: string): string[] {
  const program = `chmod 700 "$1"; out=$(mktemp); code=0
"$1" > "$out" 2>&1 || code=$?
[ "$code" = 0 ] || tail -c 450 "$out"
rm -f "$1" "$out"; exit "$code"`;
  return ['sh', '-c', program, 'sh', path];
}

/** User-data of the first boot: everything else goes through the agent that it brings. */
export const agentUserData = `#!/bin/sh
${prelude}
command -v qemu-ga > /dev/null || install_packages qemu-guest-agent
enable_service qemu-guest-agent
`;
