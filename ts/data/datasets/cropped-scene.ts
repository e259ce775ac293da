import type { CubeData, CubeInfo, RgbData } from '../cube.js';
import { checkFinite } from '../finite.js';
import { type CubeReader, settleWindow } from '../formats/format.js';
import { Scene, type SceneInfo } from './scene.js';

/** Corner and size of a part of a scene. */
export interface SceneArea {
  row: number;
  column: number;
  height: number;
  width: number;
}

/** A reader that knows only a part of the cube. */
function cropReader(reader: CubeReader, { row, column, height, width }: SceneArea): CubeReader {
  const { georeference: _, ...facts } = reader.info;
  const info: CubeInfo = { ...facts, height, width };
  return {
    info,
    lines: reader.lines,
    async read(window = {}) {
      const whole = settleWindow(info, window);
      return reader.read({ ...whole, row: whole.row + row, column: whole.column + column });
    },
    close: () => reader.close(),
  };
}

function cropPicture(picture: RgbData, { row, column, height, width }: SceneArea): RgbData {
  const data = picture.data.slice(0, 3 * height * width);
  for (let line = 0; line < 3 * height; line++) {
    const [channel, y] = [Math.floor(line / height), line % height];
    const start = (channel * picture.height + row + y) * picture.width + column;
    data.set(picture.data.subarray(start, start + width), line * width);
  }
  return { ...picture, data, height, width };
}

/** A part of a scene, as a scene of its own: what a split by area holds back. Only the part is read. */
export class CroppedScene extends Scene {
  constructor(
    private readonly whole: Scene,
    readonly area: SceneArea,
    name = whole.name,
  ) {
    super(name, whole.cubePath, whole.rgbPath, whole.reading, whole.set);
  }

  override async info(): Promise<SceneInfo> {
    const { height, width } = this.area;
    return { ...(await this.whole.info()), height, width };
  }

  override async openCube(): Promise<CubeReader> {
    return cropReader(await this.whole.openCube(), this.area);
  }

  override async readCube({ finite = true }: { finite?: boolean } = {}): Promise<CubeData> {
    const reader = await this.openCube();
    try {
      const { variables: _, ...facts } = reader.info;
      const cube = { ...facts, name: this.name, data: await reader.read() };
      if (finite) await checkFinite(cube);
      return cube;
    } finally {
      await reader.close();
    }
  }

  override async readPicture(): Promise<RgbData> {
    return { ...cropPicture(await this.whole.readPicture(), this.area), name: this.name };
  }

  override async readRgb(): Promise<RgbData> {
    return { ...cropPicture(await this.whole.readRgb(), this.area), name: this.name };
  }
}
