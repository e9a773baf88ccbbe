/**
 * Writes the checkpoints of old-program.ts that upgrade-matrix.test.ts starts changed programs from: `killed`, a program that ended in the middle of
 * everything, and `stopped`, one that stopped gracefully. Run it when the format changes, and keep those of earlier formats under other names:
 *
 * ```
 * npm run node -- --conditions=source scenarios/src/upgrade/make-fixtures.ts
 * ```
 *
 * A checkpoint says where the functions of the program were written, so the program is run from a folder of the same name on every machine.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type * as Simulation from '@dstream/core/simulation'
import { fixtureFile, fixtureOf, type Fixture } from './fixture-store.ts'
import type * as RunProgram from './run-program.ts'
import type * as OldProgram from './old-program.ts'

const here = import.meta.dirname
const root = join(here, '../../..')
const folder = '/tmp/dstream-upgrade'

async function makeFixtures(): Promise<void> {
  const from = (name: string): string => pathToFileURL(join(folder, name)).href
  const { start, worldOf } = (await import(from('run-program.ts'))) as typeof RunProgram
  const { oldParts, Source } = (await import(from('old-program.ts'))) as typeof OldProgram
  const { MemoryFileSystem } = (await import(
    from('packages/core/src/testing/simulation/index.ts')
  )) as typeof Simulation
  let nowMs = 0
  const store = new MemoryFileSystem({ now: () => nowMs })
  const undo = worldOf(store)
  const source = new Source()
  const running = await start({ parts: oldParts, source }, 0)
  const until = async (ms: number): Promise<void> => {
    nowMs = ms
    await running.until(ms)
  }
  const addFile = async (name: string): Promise<void> => {
    await store.create(`/in/${name}`, Buffer.from(`${name}\n`))
    store.touch(`/in/${name}`, nowMs)
  }
  await until(1500)
  await source.store(['first'])
  await until(2500)
  await addFile('first')
  await until(6500)
  await addFile('second')
  await until(7400)
  await addFile('third')
  await source.store(['second', 'third'])
  keep('killed', await fixtureOf(store))
  const stopped = running.ssc.stop({ stopSparkContext: true, stopGracefully: true })
  nowMs = 8000
  running.clock.setTo(8000)
  await stopped
  keep('stopped', await fixtureOf(store))
  undo()
}

/** Without the checkpoints that a restart does not look at as long as the newest is whole. */
function withoutOld(fixture: Fixture): Fixture {
  const times = Object.keys(fixture).flatMap(path => /^\/checkpoint\/checkpoint-(\d+)/.exec(path)?.[1] ?? [])
  const newest = `/checkpoint/checkpoint-${Math.max(...times.map(Number))}`
  const isOld = (path: string): boolean => path.startsWith('/checkpoint/checkpoint-') && path !== newest
  return Object.fromEntries(Object.entries(fixture).filter(([path]) => !isOld(path)))
}

function keep(name: string, fixture: Fixture): void {
  for (const [path, { base64 }] of Object.entries(fixture)) {
    if (Buffer.from(base64, 'base64').includes(root)) throw new Error(`${path} names a folder of this machine: ${root}`)
  }
  writeFileSync(fixtureFile(name), gzipSync(JSON.stringify(withoutOld(fixture)), { level: 9 }))
}

/** The program, and the packages that it uses: of their code, too, a checkpoint says where it was. */
function makeFolder(): void {
  rmSync(folder, { recursive: true, force: true })
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@dstream'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  for (const file of ['old-program.ts', 'run-program.ts']) cpSync(join(here, file), join(folder, file))
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!/^\.|^(?:@dstream|dstream)$/.test(name)) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  const packages = { 'packages/core': '@dstream/core', 'packages/cli': '@dstream/cli', 'engines/local': '@dstream/local', dstream: 'dstream' } // prettier-ignore
  for (const [path, name] of Object.entries(packages)) {
    for (const part of ['package.json', 'src'])
      cpSync(join(root, path, part), join(folder, path, part), { recursive: true })
    symlinkSync(join(folder, path), join(modules, name))
  }
}

mkdirSync(join(here, 'fixtures'), { recursive: true })
makeFolder()
await makeFixtures()
rmSync(folder, { recursive: true })
