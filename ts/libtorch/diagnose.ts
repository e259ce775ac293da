import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { type AddonFacts, checkLoadable, locateAddon } from './addon-facts.js';
import { type LibTorch, locateLibTorch } from './locate.js';
import { type SystemLibraries, systemLibraries } from './system.js';
import { titleOf } from './version.js';

/** One line of `hyperlift doctor`. `missing` is essential: nothing computes without it. */
export interface Finding {
  topic: string;
  state: 'good' | 'note' | 'missing';
  text: string;
  /** What to do about it. */
  advice?: string;
}

/** What was found, for people (`findings`) and for machines (the rest). */
export interface Diagnosis {
  /** False when something essential is missing. */
  ok: boolean;
  node: string;
  platform: string;
  system: SystemLibraries;
  cpu: { cores: number; memoryBytes: number; features: string[] };
  libtorch: LibTorch | null;
  addon: AddonFacts | null;
  /** What the loaded addon says; null when it could not be loaded. */
  runtime: RuntimeFacts | null;
  findings: Finding[];
}

/** What can only be told with the addon loaded. */
export interface RuntimeFacts {
  libtorch: string;
  threads: number;
  devices: string[];
}

export interface DiagnoseOptions {
  /** Loads the addon and asks it; the layer above knows how. */
  runtime: () => Promise<RuntimeFacts>;
}

/** Looks at everything that hyperlift needs and says what is missing and what to do. Never throws: what cannot be
 * looked at is a finding. */
export async function diagnose({ runtime }: DiagnoseOptions): Promise<Diagnosis> {
  const findings: Finding[] = [];
  const system = systemLibraries();
  const cpu = cpuFacts();
  findings.push(...hostFindings(system, cpu));
  const libtorch = attempt(findings, 'LibTorch', locateLibTorch);
  if (libtorch !== null) findings.push(good('LibTorch', libtorch.why));
  const addon = attempt(findings, 'Addon', locateAddon);
  if (addon !== null) findings.push(good('Addon', describeAddon(addon)));
  const facts = libtorch === null || addon === null ? null : await load(findings, addon, libtorch, runtime);
  findings.push(...gpuFindings(libtorch, facts));
  for (const [name, purpose] of optionalModules) findings.push(await moduleFinding(name, purpose));
  return {
    ok: findings.every(({ state }) => state !== 'missing'),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    system,
    cpu,
    libtorch,
    addon,
    runtime: facts,
    findings,
  };
}

const optionalModules = [
  ['sharp', 'image files (PNG, JPEG)'],
  ['zeromq', 'jobs on several machines'],
] as const;

function good(topic: string, text: string): Finding {
  return { topic, state: 'good', text };
}

function missing(topic: string, error: unknown, advice?: string): Finding {
  const text = error instanceof Error ? error.message : String(error);
  return { topic, state: 'missing', text, ...(advice === undefined ? {} : { advice }) };
}

function attempt<T>(findings: Finding[], topic: string, look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    findings.push(missing(topic, error));
    return null;
  }
}

const interestingFeatures = ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16', 'asimd', 'bf16'];

function cpuFacts(): Diagnosis['cpu'] {
  const cpuinfo = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(' '));
  const features = interestingFeatures.filter((feature) => flags.has(feature));
  return { cores: availableParallelism(), memoryBytes: totalmem(), features };
}

function hostFindings(system: SystemLibraries, cpu: Diagnosis['cpu']): Finding[] {
  const versions = Object.entries(system.versions).map(([family, version]) => `${family} ${version}`);
  const bf16 = cpu.features.some((feature) => feature.endsWith('bf16'));
  return [
    good('Node', `${process.versions.node}, ${process.platform}-${process.arch}`),
    good('System', [system.libc, ...versions].join(', ')),
    good(
      'CPU',
      `${cpu.cores} cores, ${(cpu.memoryBytes / 2 ** 30).toFixed(1)} GiB, ${cpu.features.join(' ') || 'features unknown'}`,
    ),
    {
      topic: 'bfloat16',
      state: bf16 ? 'good' : 'note',
      text: bf16
        ? 'this CPU has units for it: --precision bfloat16 pays'
        : 'no units for it in this CPU: float32 is quicker here',
    },
  ];
}

function describeAddon({ file, libtorch, floor }: AddonFacts): string {
  const needs = ['GLIBC', 'GLIBCXX'].flatMap((family) =>
    floor[family] ? [`${family} ${floor[family]}`] : [],
  );
  const built = libtorch === null ? 'for an unrecorded LibTorch' : `for LibTorch ${libtorch}`;
  return `${file}, built ${built}${needs.length > 0 ? `, needs ${needs.join(' and ')}` : ''}`;
}

async function load(
  findings: Finding[],
  addon: AddonFacts,
  libtorch: LibTorch,
  runtime: () => Promise<RuntimeFacts>,
): Promise<RuntimeFacts | null> {
  try {
    checkLoadable(addon, libtorch);
    const facts = await runtime();
    findings.push(
      good(
        'Loaded',
        `LibTorch ${facts.libtorch}, ${facts.threads} threads, devices ${facts.devices.join(', ')}`,
      ),
    );
    return facts;
  } catch (error) {
    findings.push(missing('Loaded', error));
    return null;
  }
}

/** A GPU that nobody uses is worth a word; its driver's release says which CUDA it takes. */
function gpuFindings(libtorch: LibTorch | null, runtime: RuntimeFacts | null): Finding[] {
  const file = '/proc/driver/nvidia/version';
  if (!existsSync(file)) return [];
  const release = /\s(\d{3})\.\d+/.exec(readFileSync(file, 'utf8'))?.[1];
  const driver = `NVIDIA driver ${release ?? 'of unknown release'}`;
  if (runtime?.devices.some((device) => device.startsWith('cuda')))
    return [good('GPU', `${driver}, used by --device auto`)];
  const cuda = Number(release) >= 580 ? '13.0' : '12.6';
  const advice =
    libtorch === null || libtorch.cuda === null
      ? `npx hyperlift libtorch install --cuda ${cuda}`
      : `${titleOf(libtorch)} does not see the GPU: check that nvidia-smi lists it and that the driver is new enough`;
  return [{ topic: 'GPU', state: 'note', text: `${driver}, not used`, advice }];
}

async function moduleFinding(name: string, purpose: string): Promise<Finding> {
  try {
    await import(name);
    return good(name, `loads; for ${purpose}`);
  } catch (error) {
    return missing(name, error, `run npm install again; ${name} is needed for ${purpose}`);
  }
}
