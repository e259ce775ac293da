/** A fenced block of a Markdown page whose info string says `run`. */
export interface Block {
  language: string;
  code: string;
  /** Line of the page on which it begins. */
  line: number;
}

const substitution = /"([^"]*)" is "([^"]*)"/g;

/** The blocks to execute: those marked `run` (```js run). A comment before one makes it small enough for a test without a
 * word to the reader: `<!-- in the test: "--minutes 10" is "--steps 2" -->`. What it names must be there. */
export function runnableBlocks(page: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let remark = '';
  for (const [index, text] of page.split('\n').entries()) {
    const fence = /^```(\w*)\s*(.*)$/.exec(text);
    if (open !== null && fence !== null) {
      blocks.push({ ...open, code: substituted(open, remark) });
      open = null;
      remark = '';
    } else if (open !== null) open.code += `${text}\n`;
    else if (fence?.[2]?.split(' ').includes('run'))
      open = { language: fence[1] ?? '', code: '', line: index + 1 };
    else if (text.startsWith('<!-- in the test:')) remark = text;
  }
  return blocks;
}

function substituted({ code, line }: Block, remark: string): string {
  let result = code;
  for (const [, from = '', to = ''] of remark.matchAll(substitution)) {
    if (!result.includes(from)) throw new Error(`the block of line ${line} has no "${from}" to replace`);
    result = result.replaceAll(from, to);
  }
  return result;
}
