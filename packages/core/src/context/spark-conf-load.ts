import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DStreamError } from '../errors/dstream-error.ts'
import { confKeys } from './keys.ts'

/** What the configuration of a process is read from; replaced in tests. */
export interface ConfSources {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string
}

/**
 * The configuration given from outside of the program: command line over properties file over environment. The command line is the program's own and, weaker, what
 * `dstream run` was given for it.
 *
 * Of the command line only `--conf spark.key=value` (also `--conf=…`, `-c …`) and `--properties-file FILE` are looked at. Without that option
 * `spark-defaults.conf` is read where it exists, in `$SPARK_CONF_DIR`, else in `conf/`. In the environment, `MASTER` is `spark.master`, and
 * `DSTREAM_CONF_` followed by a key, its dots written as underscores (any case of letters for a known key), is that key.
 *
 * @throws DStreamError `CONF_FILE_UNREADABLE`, `CONF_ARGUMENT`
 */
export function loadConf(sources: ConfSources = processSources()): Map<string, string> {
  const given = parseConfArgs(sources.argv)
  const submitted = parseConfArgs(submittedArgs(sources.env))
  const file = given.propertiesFile ?? submitted.propertiesFile
  return new Map([...fromEnvironment(sources.env), ...fromFile(file, sources), ...submitted.conf, ...given.conf])
}

/** What `dstream run` hands over to the program: a list of arguments as JSON. */
function submittedArgs(env: ConfSources['env']): readonly string[] {
  const text = env['DSTREAM_SUBMIT_ARGS']
  if (text === undefined) return []
  try {
    const args: unknown = JSON.parse(text)
    if (Array.isArray(args)) return args.map(String)
  } catch {
    // Told below.
  }
  throw new DStreamError('CONF_ARGUMENT', `DSTREAM_SUBMIT_ARGS is no list of arguments as JSON: ${text}`, {
    hint: 'dstream run sets it; to set it by hand, write ["--conf", "spark.key=value"].',
  })
}

function processSources(): ConfSources {
  return { argv: process.argv.slice(2), env: process.env, readFile: path => readFileSync(path, 'utf8') }
}

/** What the configuration options of a command line say, and the arguments that are none of them. */
export interface ConfArgs {
  readonly conf: [string, string][]
  readonly propertiesFile: string | undefined
  readonly rest: string[]
}

/**
 * Takes `--conf key=value` and `--properties-file FILE` out of a command line. A `--conf` whose value is no `spark.…` key belongs to the
 * program; after `--` everything does.
 *
 * @throws DStreamError `CONF_ARGUMENT` when a `spark.…` key comes without a value
 */
export function parseConfArgs(argv: readonly string[]): ConfArgs {
  const conf: [string, string][] = []
  const rest: string[] = []
  let propertiesFile: string | undefined
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!
    if (argument === '--') {
      rest.push(...argv.slice(i))
      break
    }
    const [, option, inline] = /^(--conf|-c|--properties-file)(?:=(.*))?$/s.exec(argument) ?? []
    const value = inline ?? argv[i + 1]
    if (
      option === undefined ||
      value === undefined ||
      (option !== '--properties-file' && !value.startsWith('spark.'))
    ) {
      rest.push(argument)
      continue
    }
    if (inline === undefined) i++
    if (option === '--properties-file') propertiesFile = value
    else conf.push(pairOf(value))
  }
  return { conf, propertiesFile, rest }
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 0) {
    throw new DStreamError('CONF_ARGUMENT', `Spark config without '=': ${text}`, {
      hint: `Write --conf ${text}=VALUE.`,
    })
  }
  return [text.slice(0, at), text.slice(at + 1)]
}

function fromFile(path: string | undefined, sources: ConfSources): [string, string][] {
  const file = path ?? join(sources.env['SPARK_CONF_DIR'] ?? 'conf', 'spark-defaults.conf')
  let text: string
  try {
    text = sources.readFile(file)
  } catch (cause) {
    if (path === undefined && (cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new DStreamError('CONF_FILE_UNREADABLE', `The properties file ${file} cannot be read`, {
      cause,
      hint: 'Correct --properties-file, or make the file readable.',
    })
  }
  return parseProperties(text).filter(([key]) => key.startsWith('spark.'))
}

/**
 * The pairs of a properties file as Java reads it: `key value`, `key=value` or `key: value`, `#` and `!` begin a comment, a backslash at
 * the end goes on with the next line, `\t`, `\n`, `\r`, `\f`, `\uXXXX` and backslash before anything else are escapes.
 */
export function parseProperties(text: string): [string, string][] {
  const lines = text.split(/\r\n|\r|\n/)
  const pairs: [string, string][] = []
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!.trimStart()
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue
    while (/(^|[^\\])(\\\\)*\\$/.test(line)) line = line.slice(0, -1) + (lines[++i] ?? '').trimStart()
    const [, key = '', value = ''] = /^((?:\\.|[^\\\s=:])*)\s*[=:]?\s*(.*)$/s.exec(line) ?? []
    // Spark trims values; Java would keep spaces at the end.
    pairs.push([unescaped(key), unescaped(value).trim()])
  }
  return pairs
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (named[char] ?? char) : String.fromCharCode(parseInt(hex, 16)),
  )
}

const prefix = 'DSTREAM_CONF_'

function fromEnvironment(env: ConfSources['env']): [string, string][] {
  const pairs: [string, string][] = env['MASTER'] === undefined ? [] : [['spark.master', env['MASTER']]]
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.startsWith(prefix)) continue
    const written = name.slice(prefix.length)
    const known = Object.keys(confKeys).find(key => key.replaceAll('.', '_').toLowerCase() === written.toLowerCase())
    pairs.push([known ?? written.replaceAll('_', '.'), value])
  }
  return pairs
}
