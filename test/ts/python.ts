import { spawnSync } from 'node:child_process';

/** A python3 that has the modules, for checks against the field's other tools; null where there is none. */
export function pythonWith(...modules: string[]): string | null {
  const has = (python: string) =>
    spawnSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')], { stdio: 'ignore' })
      .status === 0;
  return ['python3', '/usr/bin/python3'].find(has) ?? null;
}
