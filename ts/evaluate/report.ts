import { join } from 'node:path';
import { makeFolder, writeAtomically } from '../io/index.js';
import { protocols } from '../metrics/index.js';
import type { OpenCheckpoint } from '../reconstruct/open-network.js';
import type { EvaluateResult } from './evaluate.js';
import { csvTable, markdownTable, type ScoreLine } from './table.js';

type Scored = Omit<EvaluateResult, 'files'>;

/** The lines of a table: scenes, their mean and, below, those of the line to beat. */
export function reportLines({ scenes, mean, baseline, baselineName }: Scored): ScoreLine[] {
  const lines = scenes.map((scores): ScoreLine => ({ name: scores.name, scores }));
  lines.push({ name: 'mean', scores: mean });
  if (baseline === null) return lines;
  for (const scores of baseline.scenes) lines.push({ name: `${baselineName}: ${scores.name}`, scores });
  lines.push({ name: `${baselineName}: mean (the line to beat)`, scores: baseline.mean });
  return lines;
}

/** The table as a page: what was scored, under which definitions, and the scores. */
export function reportPage(result: Scored, { facts, model }: OpenCheckpoint, made: string): string {
  const floored = result.scenes.reduce((sum, scene) => sum + scene.floored, 0);
  return [
    '# Scores',
    '',
    `Network ${model.id} (${facts.paradigm}, step ${facts.step}, trained on data ${facts.data.slice(0, 12)}), protocol \`${result.protocol}\`: ${protocols[result.protocol].about}.`,
    `${made} are clipped to [0, 1]; peak 1 for PSNR.`,
    ...(floored > 0 ? [`${floored} true values lie below the floor of MRAE.`] : []),
    '',
    markdownTable(reportLines(result)),
  ].join('\n');
}

/** Writes scores.md, scores.csv and scores.json into a folder. */
export async function writeReport(
  folder: string,
  result: Scored,
  network: OpenCheckpoint,
  made = 'Reconstructions',
): Promise<string[]> {
  await makeFolder(folder);
  const contents: [string, string][] = [
    ['scores.md', reportPage(result, network, made)],
    ['scores.csv', csvTable(reportLines(result))],
    ['scores.json', `${JSON.stringify(result, null, 2)}\n`],
  ];
  for (const [name, text] of contents) {
    await writeAtomically(join(folder, name), (handle) => handle.writeFile(text));
  }
  return contents.map(([name]) => join(folder, name));
}
