/**
 * Builds every package into its dist/: the declarations by `tsc --build`, the code as few large modules by rolldown. A program that loads five hundred small modules
 * has waited a fifth of a second before it does anything, and so has every worker (decisions/0007). Files whose content is the same are left alone,
 * so that programs that run meanwhile are not disturbed; what sources that are gone have left there is removed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
/** The last one refers to all others. */
const packages = ['packages/core', 'engines/local', 'packages/cli', 'dstream']
/**
 * Programs that are started by the path of their file.
 * @type {Record<string, string[]>}
 */
const threadPrograms = { 'engines/local': ['src/workers/task-worker.ts', 'src/workers/long-running-worker.ts'] }

const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--build', ...packages], {
  stdio: 'inherit',
})
for (const folder of packages) {
  const written = await bundle(folder)
  removeOrphans(folder, written)
}
process.exitCode = status ?? 1

/**
 * Each entry of the package becomes a module at the place that its package.json names; what several of them need is in chunks that they share, so that there is one of
 * everything. Returns the files, as paths below dist/.
 * @param {string} folder
 */
async function bundle(folder) {
  const dist = join(folder, 'dist')
  const bundled = await rolldown({ input: entriesOf(folder), platform: 'node', external: /^[^./]/, logLevel: 'warn' })
  const { output } = await bundled.generate({
    format: 'esm',
    sourcemap: true,
    dir: dist,
    chunkFileNames: '[name]-[hash].js',
    // The declarations have them. Whatever is loaded is read, and hashed when functions are captured.
    comments: { jsdoc: false },
  })
  for (const file of output) write(join(dist, file.fileName), file.type === 'chunk' ? file.code : file.source)
  return new Set(output.map(file => file.fileName))
}

/**
 * @param {string} path
 * @param {string | Uint8Array} content
 */
function write(path, content) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/**
 * Where a module goes below dist/, without its ending, and its source.
 * @param {string} folder
 */
function entriesOf(folder) {
  /** @type {Record<string, string>} */
  const entries = {}
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const entry of Object.values(exports)) {
    entries[entry.default.replace(/^\.\/dist\/(.*)\.js$/, '$1')] = `./${folder}/${entry.source}`
  }
  for (const source of threadPrograms[folder] ?? []) entries[basename(source, '.ts')] = `./${folder}/${source}`
  return entries
}

/**
 * @param {string} folder
 * @param {ReadonlySet<string>} written
 */
function removeOrphans(folder, written) {
  const dist = join(folder, 'dist')
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const declared = /^(.*)\.d\.ts$/.exec(file)
    const orphan = declared
      ? !existsSync(join(folder, 'src', `${declared[1]}.ts`))
      : /\.js(\.map)?$/.test(file) && !written.has(file)
    if (orphan) rmSync(join(dist, file))
  }
}
