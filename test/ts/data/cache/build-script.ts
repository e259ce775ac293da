/** A process that builds entries: FOLDER COUNT, or FOLDER COUNT slowly, which never ends. */
import { SceneCache } from '../../../../ts/data/index.js';
import { cubeBytes, cubeSource } from './cubes.js';

const [folder = '', count = '1', pace] = process.argv.slice(2);
const cache = new SceneCache(folder);
const checksums: string[] = [];
for (let number = 1; number <= Number(count); number++) {
  const build = async () => {
    const source = cubeSource(number);
    if (pace !== 'slowly') return source;
    const read = async () => {
      process.stdout.write('reading\n');
      return new Promise<never>(() => setInterval(() => undefined, 1000));
    };
    return { ...source, read };
  };
  const { scene } = await cache.open(
    number.toString(16).padStart(32, '0'),
    'stored',
    build,
    cubeBytes.stored,
  );
  checksums.push(scene.sha256);
}
process.stdout.write(`${checksums.join(' ')}\n`);
