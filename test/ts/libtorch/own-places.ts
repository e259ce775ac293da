import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs a test with empty cache and configuration folders of its own and without LIBTORCH. */
export async function withOwnPlaces(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hyperlift-libtorch-'));
  const names = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'LIBTORCH'] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  process.env.XDG_CONFIG_HOME = join(folder, 'config');
  delete process.env.LIBTORCH;
  try {
    await work(folder);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** What discovery looks at in a LibTorch folder, and nothing that could be loaded. */
export function libTorchFiles(version: string, { cuda = null as string | null, headers = true } = {}) {
  const header = 'include/torch/csrc/api/include/torch/torch.h';
  return {
    'lib/libtorch_cpu.so': '',
    'lib/libc10.so': '',
    ...(cuda === null ? {} : { 'lib/libtorch_cuda.so': '' }),
    ...(headers ? { [header]: '' } : {}),
    'version.py': `__version__ = '${version}'\ncuda: Optional[str] = ${cuda === null ? 'None' : `'${cuda}'`}\n`,
  };
}
