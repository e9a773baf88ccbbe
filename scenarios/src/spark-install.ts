import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const version = '3.5.3'
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')

/** Where a Spark may be: the one of the services, and the one that the benchmark has fetched. */
const places = ['dstream-services', 'dstream-bench'].map(name => join(cache, name, `spark-${version}`))

/** What real Spark needs and this machine has not; undefined where it has all. */
export function missingForSpark(): string | undefined {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' })
  if (java.status !== 0) return 'real Spark needs Java 17'
  const python = spawnSync('python3', ['-c', 'import venv'], { encoding: 'utf8' })
  if (python.status !== 0) return 'real Spark needs Python 3 with venv, which fetches it'
  return undefined
}

/** The Python that has Spark, which is fetched from PyPI (some 370 MB) when it is asked for the first time. */
export function sparkPython(): string {
  const place = places.find(directory => existsSync(join(directory, 'installed'))) ?? install(places[0]!)
  return join(place, 'bin', 'python')
}

function install(place: string): string {
  console.error(`Fetching Spark ${version} (pyspark from PyPI, about 370 MB) …`)
  mkdirSync(place, { recursive: true })
  execFileSync('python3', ['-m', 'venv', place], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 60_000 })
  execFileSync(join(place, 'bin', 'pip'), ['install', '-q', `pyspark==${version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 280_000,
  })
  writeFileSync(join(place, 'installed'), '')
  return place
}
