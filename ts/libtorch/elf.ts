import { readFileSync } from 'node:fs';
import { DataError } from '../errors.js';

/** What a shared library asks of the system, read off its ELF tables. */
export interface ElfNeeds {
  /** Libraries it names (DT_NEEDED). */
  libraries: string[];
  /** Newest version it asks for, by family: { GLIBC: '2.34', GLIBCXX: '3.4.30' }. */
  versions: Record<string, string>;
}

interface Section {
  type: number;
  offset: number;
  size: number;
  link: number;
  entries: number;
}

const sectionType = { dynamic: 6, versionNeeds: 0x6ffffffe } as const;
const dynamicNeeded = 1n;

function damaged(file: string, what: string): DataError {
  return new DataError('DATA_ELF', `${file} is not a 64-bit little-endian ELF library: ${what}`);
}

/** Reads the needs of a 64-bit little-endian ELF file.
 * @throws {DataError} `DATA_ELF` for anything else. */
export function readElfNeeds(file: string): ElfNeeds {
  const bytes = readFileSync(file);
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) throw damaged(file, 'no ELF header');
  if (bytes[4] !== 2 || bytes[5] !== 1) throw damaged(file, 'another word size or byte order');
  try {
    const sections = readSections(bytes);
    return { libraries: readLibraries(bytes, sections), versions: readVersions(bytes, sections) };
  } catch (error) {
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
}

function readSections(bytes: Buffer): Section[] {
  const start = Number(bytes.readBigUInt64LE(40));
  const entrySize = bytes.readUInt16LE(58);
  return Array.from({ length: bytes.readUInt16LE(60) }, (_, index) => {
    const at = start + index * entrySize;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
      entries: bytes.readUInt32LE(at + 44),
    };
  });
}

function stringAt(bytes: Buffer, table: Section | undefined, offset: number): string {
  const from = (table?.offset ?? 0) + offset;
  return bytes.toString('latin1', from, bytes.indexOf(0, from));
}

function readLibraries(bytes: Buffer, sections: Section[]): string[] {
  const names: string[] = [];
  for (const section of sections.filter(({ type }) => type === sectionType.dynamic)) {
    for (let at = section.offset; at + 16 <= section.offset + section.size; at += 16) {
      if (bytes.readBigUInt64LE(at) !== dynamicNeeded) continue;
      names.push(stringAt(bytes, sections[section.link], Number(bytes.readBigUInt64LE(at + 8))));
    }
  }
  return names;
}

/** Two nested chains: one record for each library (Verneed), in it one for each version of it (Vernaux). */
function readVersions(bytes: Buffer, sections: Section[]): Record<string, string> {
  const newest: Record<string, string> = {};
  for (const section of sections.filter(({ type }) => type === sectionType.versionNeeds)) {
    let record = section.offset;
    for (let index = 0; index < section.entries; index++) {
      let version = record + bytes.readUInt32LE(record + 8);
      for (let left = bytes.readUInt16LE(record + 2); left > 0; left--) {
        noteVersion(newest, stringAt(bytes, sections[section.link], bytes.readUInt32LE(version + 8)));
        version += bytes.readUInt32LE(version + 12);
      }
      record += bytes.readUInt32LE(record + 12);
    }
  }
  return newest;
}

function noteVersion(newest: Record<string, string>, tag: string): void {
  const [, family, version] = /^(\w+)_(\d+(?:\.\d+)*)$/.exec(tag) ?? [];
  if (family === undefined || version === undefined) return;
  const known = newest[family];
  if (known === undefined || compareVersions(version, known) > 0) newest[family] = version;
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`; parts compare as numbers. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
