import {
  type CubeInfo,
  type CubeReader,
  type CubeWindow,
  type Georeference,
  settleWindow,
} from '../data/index.js';

/** A reader that knows only a part of the pixels; the georeference moves along.
 * @throws {DataError} `DATA_WINDOW` for a part that does not lie in the cube. */
export function partOf(reader: CubeReader, crop: Required<Omit<CubeWindow, 'bands'>>): CubeReader {
  const { height, width, row, column } = settleWindow(reader.info, crop);
  const { georeference, ...rest } = reader.info;
  const moved = georeference === undefined ? {} : { georeference: movedBy(georeference, row, column) };
  const info: CubeInfo = { ...rest, height, width, ...moved };
  return {
    info,
    lines: reader.lines,
    read(window = {}) {
      const inner = settleWindow(info, window);
      return reader.read({ ...inner, row: inner.row + row, column: inner.column + column });
    },
    close: () => reader.close(),
  };
}

/** The corner of a part. What the containers keep word for word names the old corner and goes. */
function movedBy({ mapInfo: _, ...place }: Georeference, row: number, column: number): Georeference {
  const turn = ((place.rotation ?? 0) * Math.PI) / 180;
  const [right, down] = [column * place.pixelWidth, row * place.pixelHeight];
  return {
    ...place,
    x: place.x + right * Math.cos(turn) + down * Math.sin(turn),
    y: place.y + right * Math.sin(turn) - down * Math.cos(turn),
  };
}
