import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { breaches, type Outcome } from '../check/outcome.ts'
import { runNode } from '../check/run-program.ts'
import { root } from '../source-scan.ts'

const packages = {
  '@dstream/core': 'packages/core',
  '@dstream/local': 'engines/local',
  '@dstream/cli': 'packages/cli',
  dstream: 'dstream',
}

/** The values are in variables, not imports. It prints where each is remembered to come from, and what tasks made of some. */
const program = `
import * as all from 'dstream'
const { CustomPartitioner, SparkConf, SparkContext, Time } = all
const { Seconds: seconds, Time: OneMoreTime } = all
const origins = []
for (const [name, value] of Object.entries({ ...all })) {
  if (typeof value !== 'function') continue
  try {
    const { entries } = new CustomPartitioner(1, () => value).spec.partition.graph
    origins.push(...entries.flatMap(({ kind, specifier }) => kind === 'import' ? [[name, specifier]] : []))
  } catch (error) {
    if (error.code !== 'TASK_NOT_SERIALIZABLE') throw error
  }
}
const moment = new Time(1)
const sc = new SparkContext(new SparkConf().setMaster('local[1]').setAppName('captures'))
const one = sc.parallelize([1])
const tasks = [
  await one.map(n => seconds(n).milliseconds).collect(),
  await one.map(n => new OneMoreTime(n)).collect(),
  await one.map(n => new Time(n)).collect(),
  await one.map(() => moment instanceof Time).collect(),
].flat()
await sc.stop()
console.log(JSON.stringify({ origins, tasks: tasks.map(value => value instanceof Time ? ['Time', value.milliseconds] : value) }))
`

interface Captures {
  readonly origins: readonly (readonly [name: string, specifier: string])[]
  readonly tasks: unknown
}

/**
 * What is installed, captured: a checkpoint that names a file inside of a package cannot be read by the next version, where it is called otherwise, and a class under two names is
 * unknown to whoever was told the other one.
 */
export async function builtCaptures(): Promise<Outcome> {
  const folder = installed()
  try {
    const lines: string[] = []
    for (const loader of [[], ['--import', 'tsx']]) lines.push(...(await breachesUnder(loader, folder)))
    return breaches(lines)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function breachesUnder(loader: readonly string[], folder: string): Promise<string[]> {
  const { exitCode, stdout, output } = await runNode([...loader, join(folder, 'program.mjs')], { limitMs: 60_000 })
  if (exitCode !== 0) return [output]
  const { origins, tasks } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Captures
  if (origins.length < 10) return [`hardly anything was captured: ${JSON.stringify(origins)}`]
  const inside = origins.filter(([, specifier]) => /^file:.*\/@dstream\/(?!local\/dist\/index\.js$)/.test(specifier))
  const made = JSON.stringify(tasks)
  return [
    ...inside.map(([name, specifier]) => `${name} is captured as what is in ${specifier}`),
    ...(made === '[1000,["Time",1],["Time",1],true]' ? [] : [`tasks made ${made} of captured exports`]),
  ].map(line => `${loader.join(' ')} ${line}`.trimStart())
}

/** A folder in which the packages stand as they do when they were installed. */
function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dstream-installed-'))
  for (const [name, source] of Object.entries(packages))
    for (const part of ['package.json', 'dist'])
      cpSync(join(root, source, part), join(folder, 'node_modules', name, part), { recursive: true })
  for (const name of ['acorn', 'eslint-scope'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  writeFileSync(join(folder, 'program.mjs'), program)
  return folder
}
