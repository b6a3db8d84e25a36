/** What the pretended QEMU can do. */

const AMD =
  'EPYC EPYC-Genoa EPYC-Genoa-v2 EPYC-IBPB EPYC-Milan EPYC-Milan-v2 EPYC-Rome EPYC-Rome-v2 EPYC-Rome-v3 ' +
  'EPYC-Rome-v4 EPYC-Turin EPYC-v3 EPYC-v4 Opteron_G1 Opteron_G2 Opteron_G3 Opteron_G4 Opteron_G5 athlon phenom';
const INTEL =
  '486 pentium pentium2 pentium3 coreduo core2duo Conroe Penryn Nehalem Nehalem-IBRS Westmere Westmere-IBRS ' +
  'SandyBridge SandyBridge-IBRS IvyBridge IvyBridge-IBRS Haswell Haswell-noTSX Haswell-IBRS Haswell-noTSX-IBRS ' +
  'Broadwell Broadwell-noTSX Broadwell-IBRS Broadwell-noTSX-IBRS Skylake-Client Skylake-Client-IBRS ' +
  'Skylake-Client-noTSX-IBRS Skylake-Client-v4 Skylake-Server Skylake-Server-IBRS Skylake-Server-noTSX-IBRS ' +
  'Skylake-Server-v4 Skylake-Server-v5 Cascadelake-Server Cascadelake-Server-noTSX Cascadelake-Server-v2 ' +
  'Cascadelake-Server-v4 Cascadelake-Server-v5 Cooperlake Cooperlake-v2 KnightsMill Icelake-Client ' +
  'Icelake-Client-noTSX Icelake-Server Icelake-Server-noTSX Icelake-Server-v3 Icelake-Server-v4 ' +
  'Icelake-Server-v5 Icelake-Server-v6 SapphireRapids SapphireRapids-v2 SapphireRapids-v3 GraniteRapids ' +
  'GraniteRapids-v2 SierraForest SierraForest-v2 ClearwaterForest';
const GENERIC = 'host kvm32 kvm64 max qemu32 qemu64 x86-64-v2 x86-64-v2-AES x86-64-v3 x86-64-v4';

const models = (vendor: string, names: string): { name: string; vendor: string; custom: 0 }[] =>
  names.split(' ').map((name) => ({ name, vendor, custom: 0 }));

export const CPU_MODELS = [
  ...models('AuthenticAMD', AMD),
  ...models('GenuineIntel', INTEL),
  ...models('default', GENERIC),
];

/** The flags that a VM's `cpu` may name, with what they are for. */
export const VM_CPU_FLAGS: readonly { name: string; description: string }[] = [
  {
    name: 'nested-virt',
    description:
      "Controls nested virtualization, namely 'svm' for AMD CPUs and 'vmx' for Intel CPUs. Live migration still only works if it's the same flag on both sides. Use a CPU model similar to the host, with the same vendor, not x86-64-vX!",
  },
  { name: 'aes', description: 'Activate AES instruction set for HW acceleration.' },
  {
    name: 'amd-no-ssb',
    description: 'Notifies guest OS that host is not vulnerable for Spectre on AMD CPUs.',
  },
  {
    name: 'amd-ssbd',
    description:
      'Improves Spectre mitigation performance with AMD CPUs, best used with "virt-ssbd".',
  },
  {
    name: 'hv-evmcs',
    description: 'Improve performance for nested virtualization. Only supported on Intel CPUs.',
  },
  {
    name: 'hv-tlbflush',
    description:
      'Improve performance in overcommitted Windows guests. May lead to guest bluescreens on old CPUs.',
  },
  { name: 'ibpb', description: 'Allows improved Spectre mitigation with AMD CPUs.' },
  {
    name: 'md-clear',
    description: 'Required to let the guest OS know if MDS is mitigated correctly.',
  },
  {
    name: 'pcid',
    description: 'Meltdown fix cost reduction on Westmere, Sandy-, and IvyBridge Intel CPUs.',
  },
  { name: 'pdpe1gb', description: 'Allow guest OS to use 1GB size pages, if host HW supports it.' },
  { name: 'spec-ctrl', description: 'Allows improved Spectre mitigation with Intel CPUs.' },
  { name: 'ssbd', description: 'Protection for "Speculative Store Bypass" for Intel models.' },
  {
    name: 'virt-ssbd',
    description: 'Basis for "Speculative Store Bypass" protection for AMD models.',
  },
];

const MORE_FLAGS =
  '3dnow 3dnowext 3dnowprefetch abm ace2 acpi adx apic arat arch-capabilities avx avx2 avx512bw avx512cd ' +
  'avx512dq avx512f avx512ifma avx512vbmi avx512vl bmi1 bmi2 clflush clflushopt clwb cmov cmp-legacy ' +
  'cr8legacy cx16 cx8 de ds erms f16c fma fma4 fpu fsgsbase fsrm fxsr fxsr-opt gfni hypervisor invpcid ' +
  'invtsc lahf-lm lm mca mce misalignsse mmx mmxext movbe msr mtrr npt nrip-save nx osvw pae pat pclmulqdq ' +
  'pge pku pni popcnt pse pse36 rdpid rdrand rdseed rdtscp sep sha-ni smap smep ss sse sse2 sse4.1 sse4.2 ' +
  'sse4a ssse3 svm syscall topoext tsc tsc-adjust tsc-deadline umip vaes vme vmx vpclmulqdq x2apic xsave ' +
  'xsavec xsaveopt xsaves xgetbv1';

/** Every flag that QEMU knows; which of them a node supports would take KVM to find out. */
export function cpuFlagRows(all: boolean): Record<string, unknown>[] {
  const named = VM_CPU_FLAGS.map((flag) => ({ ...flag, 'supported-on': [] }));
  if (!all) return named;
  return [...named, ...MORE_FLAGS.split(' ').map((name) => ({ name, 'supported-on': [] }))];
}

const MACHINE_VERSIONS =
  '10.0 9.2 9.1 9.0 8.2 8.1 8.0 7.2 7.1 7.0 6.2 6.1 6.0 5.2 5.1 5.0 4.2 4.1 4.0 3.1 3.0 2.12 2.11 2.10 2.9 2.8 2.7 2.6';
/** Machine versions of PVE's own, and what they changed. */
const PVE_CHANGES: Readonly<Record<string, string>> = {
  '10.0+pve1': 'Set host_mtu vNIC option even with default value for migration compat.',
  '9.2+pve1': 'Disables S3/S4 power states by default.',
};

/** The machine types, the newest first. */
export function machineRows(): Record<string, unknown>[] {
  const rows = (version: string, more: Record<string, string> = {}): Record<string, unknown>[] => [
    { id: `pc-i440fx-${version}`, type: 'i440fx', version, ...more },
    { id: `pc-q35-${version}`, type: 'q35', version, ...more },
  ];
  return MACHINE_VERSIONS.split(' ').flatMap((version) => {
    const own = `${version}+pve1`;
    const changes = PVE_CHANGES[own];
    return [...(changes === undefined ? [] : rows(own, { changes })), ...rows(version)];
  });
}
