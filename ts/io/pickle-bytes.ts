import { ModelError } from '../errors.js';

/** Reads bytes in order, and refuses to pass the end. */
export class PickleBytes {
  constructor(
    readonly file: string,
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  take(length: number): Buffer {
    if (!(length >= 0 && this.at + length <= this.bytes.length)) {
      throw new ModelError(
        'CHECKPOINT_TRUNCATED',
        `${this.file}: cut off inside its pickle, at byte ${this.at}`,
      );
    }
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }
  byte = (): number => this.take(1).readUInt8();
  uint16 = (): number => this.take(2).readUInt16LE();
  int32 = (): number => this.take(4).readInt32LE();
  uint32 = (): number => this.take(4).readUInt32LE();
  uint64 = (): number => Number(this.take(8).readBigUInt64LE());
  double = (): number => this.take(8).readDoubleBE();
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    const text = this.take(end < 0 ? this.bytes.length + 1 : end - this.at).toString('latin1');
    this.at++;
    return text;
  }
}
