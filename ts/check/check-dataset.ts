import { unreadable } from './unreadable.js';
import { onlyGiven } from '../config/only-given.js';
import { sep } from 'node:path';
import { type AxisOrder, type Dataset, openDataset, recogniseDataset, type Scene } from '../data/index.js';
import { bandAxisFindings, setFindings, wavelengthFindings } from './facts.js';
import { type Finding, type FindingCode, finding, percent, short } from './finding.js';
import { cubePattern, pairFindings, picturePattern } from './pair.js';
import { type PictureSample, samplePicture } from './picture.js';
import { type CubeSample, sampleCube } from './sample.js';
import { mispairedFindings, repeatedFindings, type ScenePrint, scenePrint } from './scenes-alike.js';
import { extremes, lowerScale, valueFindings } from './values.js';

/** How a data set is looked at. */
export interface CheckOptions {
  /** Folders of the pictures, when they are not beside the cubes. */
  rgbFolder?: string | string[] | undefined;
  /** Array to take from files that hold several. */
  variable?: string | undefined;
  /** Order of the stored axes. */
  axes?: AxisOrder | undefined;
  /** Value of the files that becomes 1. */
  fullScale?: number | undefined;
  /** The published data set that the files are of: `auto` (default), `none`, or an id. */
  dataset?: string | undefined;
  /** Called after each scene. */
  onProgress?: ((event: CheckEvent) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A scene has been looked at. */
export interface CheckEvent {
  type: 'scene';
  name: string;
  done: number;
  total: number;
}

/** What was seen of a scene, good or bad. */
export interface CheckedScene {
  name: string;
  cube: string | null;
  rgb: string | null;
  bands: number;
  height: number;
  width: number;
  dtype: string;
  fullScale: number;
  least: number;
  most: number;
  mean: number;
  /** Shares of the pixels. */
  dark: number;
  saturated: number;
}

/** What `checkDataset` returns. */
export interface CheckReport {
  /** What each path was recognised as; null for none of the published sets. */
  folders: { path: string; recognised: string | null; scenes: number }[];
  scenes: CheckedScene[];
  /** Errors first. */
  findings: Finding[];
  /** Whether there is no error. */
  ok: boolean;
}

/** What is gathered over all scenes. */
interface Gathered {
  scenes: CheckedScene[];
  findings: Finding[];
  prints: ScenePrint[];
  lower: { file: string; scale: number; most: number; fullScale: number }[];
}

interface Open {
  scene: Scene;
  group: string;
}

/** Looks for what is wrong with folders of scenes, one scene at a time: exchanged axes, values out of range or of another scale,
 * missing bands, impossible wavelengths, pictures that are in BGR order, turned, shifted or another scene's, dark and saturated parts,
 * NaN, and scenes that are there twice, above all in two of the folders. Pictures are held against cubes where there are some.
 *
 * A scene is found again in another container, type or size by its pattern on a coarse grid, and as a crop by the spectra of its pixels,
 * where the crop is more than a sixtieth of it and its values were not changed.
 * @throws {DataError} `DATA_MISSING`, `DATA_FORMAT` where a path holds no scenes. @throws {ConfigError} `CONFIG_VALUE`. The signal's
 * reason when it is aborted. What is wrong with a scene is a finding, not an error.
 * @example
 * const { findings, ok } = await checkDataset(['train', 'test']);
 * if (!ok) for (const { file, found, mend } of findings) console.error(`${file}: ${found}. ${mend}`); */
export async function checkDataset(
  paths: string | readonly string[],
  options: CheckOptions = {},
): Promise<CheckReport> {
  const list = typeof paths === 'string' ? [paths] : paths;
  const folders: CheckReport['folders'] = [];
  const open: Open[] = [];
  for (const path of list) {
    const { dataset, groupOf, recognised } = await openFolder(path, options);
    folders.push({ path, recognised, scenes: dataset.scenes.length });
    open.push(...dataset.scenes.map((scene) => ({ scene, group: groupOf(scene) })));
  }
  const gathered: Gathered = { scenes: [], findings: [], prints: [], lower: [] };
  for (const [index, one] of open.entries()) {
    options.signal?.throwIfAborted();
    await checkScene(one, gathered, options.signal);
    options.onProgress?.({ type: 'scene', name: one.scene.name, done: index + 1, total: open.length });
  }
  const findings = [
    ...gathered.findings,
    ...unpaired(open),
    ...scaleFindings(gathered),
    ...bandCountFindings(gathered.scenes),
    ...(await repeatedFindings(gathered.prints)),
    ...(await mispairedFindings(gathered.prints)),
  ];
  const sorted = withoutConsequences(findings);
  return {
    folders,
    scenes: gathered.scenes,
    findings: sorted,
    ok: !sorted.some(({ severity }) => severity === 'error'),
  };
}

/** Scenes of a path, and which of them are to be kept apart: the folders of a known layout, or the path alone. */
async function openFolder(
  path: string,
  { rgbFolder, variable, axes, fullScale, dataset: set }: CheckOptions,
): Promise<{ dataset: Dataset; groupOf: (scene: Scene) => string; recognised: string | null }> {
  const dataset = await openDataset(path, {
    rgb: 'present',
    ...onlyGiven({ rgbFolder, variable, axes, fullScale, dataset: set }),
  });
  const known = set === 'none' ? null : await recogniseDataset(path);
  const groupOf = ({ cubePath }: Scene): string =>
    known?.folders.find((folder) => `${cubePath}${sep}`.startsWith(`${folder.path}${sep}`))?.path ?? path;
  return { dataset, groupOf, recognised: dataset.notices[0]?.replace(`${path}: `, '') ?? null };
}

/** Findings that say how a picture lies beside its cube. */
const misplaced: readonly FindingCode[] = ['axes-swapped', 'turned', 'picture-size', 'shifted'];

async function checkScene({ scene, group }: Open, gathered: Gathered, signal?: AbortSignal): Promise<void> {
  if (scene.cubePath === null) return checkPicture(scene, gathered);
  const file = scene.cubePath;
  let sample: CubeSample;
  try {
    const reader = await scene.openCube();
    try {
      sample = await sampleCube(reader, signal);
    } finally {
      await reader.close();
    }
  } catch (cause) {
    gathered.findings.push(unreadable(file, cause));
    return;
  }
  const { info } = sample;
  const picture = await pictureOf(scene, sample, gathered);
  const pair = picture === null ? [] : await pairFindings(sample, picture);
  // Such a picture is its cube's own; where it lies explains why it does not fit.
  const lies = pair.some(({ code }) => misplaced.includes(code));
  gathered.findings.push(
    ...setFindings(info, scene.set, file),
    ...bandAxisFindings(info, file),
    ...wavelengthFindings(info, file),
    ...valueFindings(sample, file),
    ...pair,
  );
  const { least, most, mean } = extremes(sample);
  const scale = lowerScale(sample, most);
  if (scale !== null) gathered.lower.push({ file, scale, most, fullScale: info.fullScale });
  const { bands, height, width, dtype, fullScale } = info;
  gathered.scenes.push({
    name: scene.name,
    cube: file,
    rgb: scene.rgbPath,
    ...{ bands, height, width, dtype, fullScale, least, most, mean },
    ...{ dark: sample.dark, saturated: sample.saturated },
  });
  gathered.prints.push({
    ...{ name: scene.name, file, group },
    print: scenePrint(sample),
    marks: sample.marks,
    cube: cubePattern(sample),
    picture: picture === null || lies ? null : { file: picture.file, pattern: picturePattern(picture) },
  });
}

async function pictureOf(
  scene: Scene,
  sample: CubeSample,
  gathered: Gathered,
): Promise<PictureSample | null> {
  if (scene.rgbPath === null) return null;
  try {
    return await samplePicture(await scene.readPicture(), sample);
  } catch (cause) {
    gathered.findings.push(unreadable(scene.rgbPath, cause));
    return null;
  }
}

async function checkPicture(scene: Scene, { findings }: Gathered): Promise<void> {
  await scene.info().catch((cause) => findings.push(unreadable(scene.rgbPath ?? scene.name, cause)));
}

/** Cubes without a picture among others that have one. */
function unpaired(open: readonly Open[]): Finding[] {
  const cubes = open.filter(({ scene }) => scene.cubePath !== null);
  const paired = new Set(cubes.filter(({ scene }) => scene.rgbPath !== null).map(({ group }) => group));
  const without = cubes.filter(({ scene, group }) => scene.rgbPath === null && paired.has(group));
  return without.map(({ scene }) =>
    finding(
      'warning',
      'picture-missing',
      scene.cubePath ?? scene.name,
      'no picture of its name (or several), where other cubes have one',
      'name it after the cube; --rgb files stops here, --rgb simulated needs none',
    ),
  );
}

/** Up to here values in 16 bits are those of a converter of 12. */
const sureBelow = 4096;

/** A scene can be dark; where all of a kind stay far below full scale, it is another one. */
function scaleFindings({ lower, scenes }: Gathered): Finding[] {
  const kinds = new Map<string, CheckedScene[]>();
  for (const scene of scenes) {
    const kind = `${scene.dtype} ${scene.bands}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), scene]);
  }
  return [...kinds.values()].flatMap((alike) => {
    const low = alike.flatMap(({ cube }) => lower.find(({ file }) => file === cube) ?? []);
    const [first] = low;
    if (first === undefined || low.length < alike.length) return [];
    const most = Math.max(...low.map((one) => one.most));
    const scale = Math.max(...low.map((one) => one.scale));
    const others = low.length > 1 ? `, nor in the ${low.length - 1} others of its kind` : '';
    return [
      finding(
        // A scene or two can be dark.
        alike.length > 2 || most <= sureBelow ? 'warning' : 'note',
        'scale-low',
        first.file,
        `no value is above ${short(most)}${others}: ${percent(most / first.fullScale)} of full scale (${short(first.fullScale)})`,
        `--full-scale ${short(scale)}, if that is the largest value there can be`,
      ),
    ];
  });
}

function bandCountFindings(scenes: readonly CheckedScene[]): Finding[] {
  const counts = new Map<number, CheckedScene[]>();
  for (const scene of scenes) counts.set(scene.bands, [...(counts.get(scene.bands) ?? []), scene]);
  const [usual, ...others] = [...counts].sort((a, b) => b[1].length - a[1].length);
  if (usual === undefined) return [];
  return others.flatMap(([bands, some]) =>
    some.map(({ cube, name }) =>
      finding(
        'error',
        'bands-differ',
        cube ?? name,
        `${bands} bands, where ${usual[1].length} other scene${usual[1].length > 1 ? 's have' : ' has'} ${usual[0]}`,
        'train on cubes of equal bands: hyperlift convert --bands LIST, or keep it in another folder',
      ),
    ),
  );
}

const order = { error: 0, warning: 1, note: 2 } as const;

/** Errors first; a picture of another scene is not called shifted or in another order as well. */
function withoutConsequences(findings: readonly Finding[]): Finding[] {
  const strange = new Set(
    findings.filter(({ code }) => code === 'mispaired' || code === 'unlike').map(({ file }) => file),
  );
  return findings
    .filter(({ code, file }) => !strange.has(file) || code === 'mispaired' || code === 'unlike')
    .sort((a, b) => order[a.severity] - order[b.severity]);
}
