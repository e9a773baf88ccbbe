/**
 * Compiles every package into its dist/, in the order in which they depend on each other, only what changed (`tsc --build`), and removes what
 * sources that are gone have left there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
/** The last one refers to all others. */
const packages = ['packages/core', 'engines/local', 'packages/cli', 'dstream']

const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--build', ...packages], {
  stdio: 'inherit',
})
for (const folder of packages) removeOrphans(folder)
process.exitCode = status ?? 1

/** @param {string} folder */
function removeOrphans(folder) {
  const dist = join(folder, 'dist')
  if (!existsSync(dist)) return
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const built = /^(.*?)(\.d\.ts|\.js|\.js\.map)$/.exec(file)
    if (built && !existsSync(join(folder, 'src', `${built[1]}.ts`))) rmSync(join(dist, file))
  }
}
