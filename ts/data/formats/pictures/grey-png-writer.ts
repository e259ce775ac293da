import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { crc32, createDeflate } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

function header(width: number, height: number, bits: 8 | 16): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  // grey, deflate, adaptive filters, not interlaced
  data.set([bits, 0, 0, 0, 0], 8);
  return data;
}

/** Writes a grey PNG (ISO/IEC 15948) as its rows come, so that the image never is in memory. Each row is stored as its
 * difference to the row above (filter type 2). */
export class GreyPngWriter {
  private readonly deflate = createDeflate();
  private above: Buffer;
  /** Compressed, not yet in the file. */
  private parts: Buffer[] = [];

  private constructor(
    private readonly file: FileHandle,
    private readonly stride: number,
  ) {
    this.above = Buffer.alloc(stride);
    this.deflate.on('data', (part: Buffer) => this.parts.push(part));
  }

  /** Starts the image in an open, empty file, which stays the caller's to close. */
  static async open(file: FileHandle, width: number, height: number, bits: 8 | 16): Promise<GreyPngWriter> {
    await file.appendFile(Buffer.concat([signature, chunk('IHDR', header(width, height, bits))]));
    return new GreyPngWriter(file, (width * bits) / 8);
  }

  /** Adds rows of values of the image's bits, row-major. */
  async writeRows(values: Uint8Array | Uint16Array): Promise<void> {
    const filtered = this.filter(values);
    await new Promise<void>((resolve, reject) => {
      this.deflate.write(filtered, (error) => (error ? reject(error) : resolve()));
    });
    await this.store();
  }

  /** Ends the image. */
  async finish(): Promise<void> {
    const ended = once(this.deflate, 'end');
    this.deflate.end();
    await ended;
    await this.store();
    await this.file.appendFile(chunk('IEND', Buffer.alloc(0)));
  }

  private filter(values: Uint8Array | Uint16Array): Buffer {
    // A copy: the rows are kept for the next ones, and PNG is big-endian.
    const coded = Buffer.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    if (values instanceof Uint16Array) coded.swap16();
    const { stride } = this;
    const filtered = Buffer.allocUnsafe((coded.length / stride) * (stride + 1));
    for (let at = 0, to = 0; at < coded.length; at += stride) {
      const line = coded.subarray(at, at + stride);
      filtered[to++] = 2;
      for (let i = 0; i < stride; i++) filtered[to++] = (line[i] ?? 0) - (this.above[i] ?? 0);
      this.above = line;
    }
    return filtered;
  }

  private async store(): Promise<void> {
    const data = Buffer.concat(this.parts.splice(0));
    if (data.length > 0) await this.file.appendFile(chunk('IDAT', data));
  }
}
