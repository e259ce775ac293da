import { choice, path, text } from '../config/option.js';
import { settings } from '../config/settings.js';
import { responseOption } from '../config/shared-options.js';
import { defineTable } from '../config/table.js';
import { checkWhole } from '../config/validate.js';
import type { ConvertReport } from '../io/convert-weights.js';
import { type Console, defineCommand } from './command.js';

const table = defineTable({
  command: 'convert-weights',
  summary: 'turn a published .pth into a checkpoint of ours',
  about:
    'Reads files of torch.save by a reader that runs nothing and refuses everything but tensors and plain containers. With ' +
    '--model every key must fit the network, by name and shape, and the result can be evaluated and used to reconstruct.',
  positional: { name: 'from', placeholder: 'FILE' },
  required: ['from'],
  examples: [
    {
      does: "the authors' MST++ weights",
      line: 'hyperlift convert-weights mst_plus_plus.pth --model mstpp --rgb-range stretched --out mstpp.safetensors',
    },
    {
      does: 'any state_dict, names and values alone',
      line: 'hyperlift convert-weights weights.pth --out weights.safetensors',
    },
  ],
  options: {
    from: path({ doc: 'a .pth (zip or legacy) or safetensors file', placeholder: 'FILE' }),
    out: path({
      doc: 'the safetensors file to write',
      placeholder: 'FILE',
      defaultDoc: 'FILE.safetensors beside it',
    }),
    key: text({ doc: 'which weights, in a file that holds several', placeholder: 'NAME' }),
    model: text({ doc: 'network the weights are for, by its id', placeholder: 'ID' }),
    modelOptions: settings({
      doc: 'option of the network; may be repeated',
      flag: 'option',
      defaultDoc: "those of the file's config",
    }),
    response: responseOption,
    rgbKind: choice(['camera', 'srgb', 'linear'], {
      doc: 'what the RGB of its training was',
      defaultDoc: 'camera',
    }),
    rgbRange: choice(['unit', 'stretched'], {
      doc: 'whether its training stretched each image to its own minimum and maximum',
      defaultDoc: 'unit',
    }),
  },
});

/** `hyperlift convert-weights` */
export const command = defineCommand(table, async (options, console) => {
  checkWhole(table, options, { kind: 'flags' });
  const { from = '', out, key, model, modelOptions, response, rgbKind, rgbRange } = options;
  const to = out ?? `${from.replace(/\.[^./\\]+$/, '')}.safetensors`;
  const { convertWeights } = await import('../io/convert-weights.js');
  const report = await convertWeights({
    from,
    to,
    ...(key === undefined ? {} : { key }),
    ...(model === undefined ? {} : { model }),
    ...(modelOptions === undefined ? {} : { options: modelOptions }),
    ...(response === undefined ? {} : { response }),
    ...(rgbKind === undefined ? {} : { rgbKind }),
    ...(rgbRange === undefined ? {} : { range: rgbRange }),
  });
  if (console.json) console.event({ file: to, ...report });
  else show(to, report, console);
  return undefined;
});

function show(
  file: string,
  { container, under, tensors, parameters, model, notes }: ConvertReport,
  console: Console,
): void {
  const place = under === null ? '' : `, under '${under}'`;
  console.print(
    `${tensors} tensors, ${parameters.toLocaleString('en')} values, from a ${container} file${place}`,
  );
  for (const note of notes) console.remark(`note: ${note}`);
  if (model === null)
    console.remark('note: not held against a network; --model does that and makes a checkpoint to evaluate');
  else console.print(`all keys and shapes fit ${model.id} ${JSON.stringify(model.options)}`);
  console.print(file);
}
