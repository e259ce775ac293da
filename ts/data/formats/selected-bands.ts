import { DataError } from '../../errors.js';
import type { CubeInfo } from '../cube.js';
import { type CubeReader, settleWindow } from './format.js';

/** Which bands a choice means.
 * @throws {DataError} `DATA_BANDS` for a band that is not there, a band named twice, or when none is left. */
function bandsOf(info: CubeInfo, choice: readonly number[] | 'good'): readonly number[] {
  const all = Array.from({ length: info.bands }, (_, band) => band);
  const chosen = choice === 'good' ? all.filter((band) => !info.badBands?.includes(band)) : choice;
  const file = info.origin.file;
  const unknown = chosen.find((band) => !all.includes(band));
  if (unknown !== undefined) {
    throw new DataError(
      'DATA_BANDS',
      `${file}: there is no band ${unknown} (counted from 0); the cube has ${info.bands}`,
    );
  }
  if (new Set(chosen).size < chosen.length) {
    throw new DataError('DATA_BANDS', `${file}: a band is asked for twice: ${chosen.join(', ')}`);
  }
  if (chosen.length > 0) return chosen;
  throw new DataError('DATA_BANDS', `${file}: no band is left of ${info.bands}`);
}

/** Notes that list something for each band, parted by commas. */
const bandNotes = ['band_names', 'fwhm_nm', 'data_gain_values_not_applied', 'data_offset_values_not_applied'];

/** Notes of the chosen bands; lists of another length say nothing that can be chosen from. */
function notesOf(info: CubeInfo, bands: readonly number[]): Record<string, string> {
  const notes = { ...info.notes };
  for (const name of bandNotes) {
    const items = notes[name]?.split(',').map((item) => item.trim());
    if (items?.length === info.bands) notes[name] = bands.map((band) => items[band]).join(', ');
  }
  return notes;
}

function infoOf(info: CubeInfo, bands: readonly number[]): CubeInfo {
  const { badBands, wavelengths, notes, ...rest } = info;
  const bad = bands.flatMap((band, place) => (badBands?.includes(band) ? [place] : []));
  return {
    ...rest,
    bands: bands.length,
    wavelengths: wavelengths === null ? null : bands.map((band) => wavelengths[band] ?? 0),
    ...(badBands === undefined ? {} : { badBands: bad }),
    ...(notes === undefined ? {} : { notes: notesOf(info, bands) }),
  };
}

/** A reader that knows only some of the bands, in the order given. */
export function selectBands(reader: CubeReader, choice: readonly number[] | 'good'): CubeReader {
  const bands = bandsOf(reader.info, choice);
  const info = infoOf(reader.info, bands);
  return {
    info,
    lines: reader.lines,
    read(window = {}) {
      const whole = settleWindow(info, window);
      return reader.read({ ...whole, bands: whole.bands.map((band) => bands[band] ?? 0) });
    },
    close: () => reader.close(),
  };
}
