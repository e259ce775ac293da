import test from 'tape';
import { DataError } from '../../../../../ts/errors.js';
import {
  enviCount,
  enviList,
  enviNumbers,
  enviText,
  isEnviHeader,
  parseEnviHeader,
} from '../../../../../ts/data/formats/envi/envi-header.js';

const parse = (lines: string[], end = '\n') => parseEnviHeader('x.hdr', ['ENVI', ...lines].join(end));

test('a header is read whatever its case, blanks, comments and line ends', (t) => {
  for (const end of ['\n', '\r\n', '\r']) {
    const fields = parse(
      [
        'description = {',
        '  two = lines,',
        '  of text}',
        '; a comment = 1',
        '',
        'SAMPLES= 12',
        'header   Offset =0',
        'wavelength = {400.0,',
        '; not this, 1, 2',
        '410.5 ,420 } ; after',
        'empty =',
        'bbl = {}',
        'bands = 3',
        'bands = 4',
        'no key here',
        'sensor type = Made = Up',
      ],
      end,
    );
    t.equal(enviText(fields, 'description'), 'two = lines,\nof text');
    t.equal(enviCount('x.hdr', fields, 'samples'), 12);
    t.equal(enviCount('x.hdr', fields, 'header offset'), 0);
    t.same(enviNumbers(fields, 'wavelength'), [400, 410.5, 420]);
    t.same([enviText(fields, 'empty'), enviList(fields, 'bbl')], [undefined, null], 'empty is as missing');
    t.equal(enviCount('x.hdr', fields, 'bands'), 4, 'the last value holds');
    t.equal(enviText(fields, 'sensor type'), 'Made = Up');
  }
  t.equal(enviNumbers(parse(['wavelength = {1, x}']), 'wavelength'), null, 'not all are numbers');
  t.end();
});

function codeOf(work: () => unknown): [string, string] {
  try {
    work();
    return ['', ''];
  } catch (error) {
    return error instanceof DataError ? [error.code, error.message] : ['not ours', String(error)];
  }
}

test('a header that is none, or is damaged, is told with its key', (t) => {
  t.equal(codeOf(() => parseEnviHeader('x.hdr', 'ENVIRONMENT\nsamples = 1'))[0], 'DATA_FORMAT');
  const [code, message] = codeOf(() => parse(['wavelength = {1,', '2,']));
  t.equal(code, 'DATA_DAMAGED');
  t.ok(/x\.hdr.*'wavelength' are never closed/.test(message), message);
  for (const value of ['', '-1', '1.5', '1e3', 'two', '9'.repeat(20)]) {
    const [countCode, said] = codeOf(() => enviCount('x.hdr', parse([`bands = ${value}`]), 'bands'));
    t.equal(countCode, 'DATA_DAMAGED', said);
    t.ok(said.includes("'bands'"));
  }
  t.equal(codeOf(() => enviCount('x.hdr', parse([]), 'bands'))[0], 'DATA_DAMAGED');
  t.equal(enviCount('x.hdr', parse([]), 'header offset', 0), 0);
  t.end();
});

test('a header is told by its first line', (t) => {
  const told = (text: string) => isEnviHeader(Buffer.from(text));
  t.same(['ENVI\nx', 'ENVI\r\n', 'ENVI', 'ENVI  \n', '\ufeffENVI\n'].map(told), Array(5).fill(true));
  t.same(['ENVIx', 'envi\n', ' ENVI', '', 'EN'].map(told), Array(5).fill(false));
  t.end();
});
