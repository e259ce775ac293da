import { join } from 'node:path';
import { makeFolder, writeAtomically } from '../io/index.js';
import { explanationOf } from '../metrics/index.js';
import type { OpenCheckpoint } from '../reconstruct/open-network.js';
import { bootstrap } from './score-interval.js';
import type { EvaluateResult } from './score-set.js';
import { bandsCsv, bandsTable, csvTable, markdownTable, type ScoreLine } from './table.js';

type Scored = Omit<EvaluateResult, 'files'>;

/** The lines of a table: scenes, their mean and where it lies and, below, those of the line to beat. */
export function reportLines({ scenes, mean, interval, baseline, baselineName }: Scored): ScoreLine[] {
  const lines = scenes.map((scores): ScoreLine => ({ name: scores.name, scores }));
  lines.push({ name: 'mean', scores: mean });
  if (interval !== null) lines.push({ name: 'mean, 95 % interval', interval });
  if (baseline === null) return lines;
  for (const scores of baseline.scenes) lines.push({ name: `${baselineName}: ${scores.name}`, scores });
  lines.push({ name: `${baselineName}: mean (the line to beat)`, scores: baseline.mean });
  return lines;
}

/** What a reader of the scores should know: values that the floor of MRAE changed, pixels that were left out, and of which scenes. */
export function reportNotes({ scenes }: Pick<Scored, 'scenes'>): string[] {
  const notes: string[] = [];
  const floored = scenes.reduce((sum, scene) => sum + scene.floored, 0);
  if (floored > 0) notes.push(`${floored} true values lie below the floor of MRAE.`);
  for (const { name, leftOut, notFinite } of scenes.filter((scene) => scene.leftOut > 0)) {
    const { truth, result } = notFinite;
    const why =
      truth + result > 0
        ? `${truth} values of the true cube and ${result} of the result are NaN or infinite`
        : 'the true cube says that it has no value there';
    notes.push(`${name}: ${leftOut} pixels are left out; ${why}.`);
  }
  return notes;
}

function formulas({ protocol }: Scored): string[] {
  const { about, source, cubes, scores, protocolVersion } = explanationOf(protocol);
  return [
    `## Protocol \`${protocol}\`, version ${protocolVersion}`,
    '',
    `${about}.`,
    '',
    `From: ${source}.`,
    '',
    `${cubes}. What the source does not define is as in \`field\`.`,
    '',
    ...scores.map(
      ({ name, formula, defined }) => `- \`${name}\`${defined ? '' : ' (as in `field`)'}: ${formula}`,
    ),
    '',
  ];
}

/** The table as a page: what was scored, the scores of scenes and bands, and under which definitions. */
export function reportPage(result: Scored, network: OpenCheckpoint | null, made: string): string {
  const { scenes, interval, protocol, protocolVersion } = result;
  const bands = bandsTable(scenes);
  const under = `protocol \`${protocol}\`, version ${protocolVersion}`;
  const what =
    network === null
      ? `Cubes of files, ${under}.`
      : `Network ${network.model.id} (${network.facts.paradigm}, step ${network.facts.step}, trained on data ${network.facts.data.slice(0, 12)}), ${under}. ${made} are clipped to [0, 1]; peak 1 for PSNR.`;
  const drawn = `Interval of the mean: percentiles of ${bootstrap.resamples} means of as many scenes, drawn anew from these.`;
  return [
    '# Scores',
    '',
    what,
    ...reportNotes(result),
    ...(interval === null ? [] : [drawn]),
    '',
    markdownTable(reportLines(result)),
    ...(bands === '' ? [] : ['## Bands, mean over the scenes', '', bands]),
    ...formulas(result),
  ].join('\n');
}

/** Writes scores.md, scores.csv, scores-bands.csv and scores.json into a folder.
 * @param network what made the cubes; null for cubes of files. */
export async function writeReport(
  folder: string,
  result: Scored,
  network: OpenCheckpoint | null,
  made = 'Reconstructions',
): Promise<string[]> {
  await makeFolder(folder);
  const contents: [string, string][] = [
    ['scores.md', reportPage(result, network, made)],
    ['scores.csv', csvTable(reportLines(result))],
    ['scores-bands.csv', bandsCsv(result.scenes)],
    ['scores.json', `${JSON.stringify(result, null, 2)}\n`],
  ];
  for (const [name, text] of contents) {
    await writeAtomically(join(folder, name), (handle) => handle.writeFile(text));
  }
  return contents.map(([name]) => join(folder, name));
}
