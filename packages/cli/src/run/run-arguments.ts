import { parseArgs } from 'node:util'
import { parsing, wrongUsage, type Usage } from '../usage.ts'

export const runUsage: Usage = {
  command: 'dstream run',
  text: `Usage: dstream run [options] PROGRAM [arguments of the program]

Runs a program on this machine, as spark-submit does. What comes behind PROGRAM is the program's.

  --master URL            spark.master: local, local[N], local[*], …
  --name NAME             spark.app.name
  -c, --conf KEY=VALUE    a spark.* setting; any number of them
  --properties-file FILE  more settings; else spark-defaults.conf in $SPARK_CONF_DIR, else in conf/
  --supervise             start the program again when it dies
  -h, --help

What the program sets in its code is strongest, then these options, then the file, then defaults.

With --supervise a program that ends by a signal (also SIGKILL, or a crash of Node itself) or with an exit code is
started again, after 1 s at most, then 2 s, 4 s, … 60 s; after one that ran for a minute, 1 s again. Not after exit
codes 0, and 2, 9 and 64, by which programs say that they were called in a wrong way. SIGTERM, SIGINT and SIGHUP go
on to the program, which is not started again then; at the third it is killed.

Exit code: that of the program, or 128 + the number of the signal that ended it; 2 when this command line is wrong.
`,
}

/** What is to be run, and how. */
export interface RunRequest {
  readonly program: string
  readonly args: readonly string[]
  /** Options of a command line that set the configuration: `--conf key=value`, `--properties-file FILE`. */
  readonly submitted: readonly string[]
  readonly supervised: boolean
}

const options = {
  master: { type: 'string' },
  name: { type: 'string' },
  conf: { type: 'string', short: 'c', multiple: true },
  'properties-file': { type: 'string' },
  supervise: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** @returns 'help' where that is asked for @throws DStreamError CLI_USAGE */
export function runArguments(argv: readonly string[]): RunRequest | 'help' {
  const at = programAt(argv)
  const { values } = parsing(runUsage, () => parseArgs({ args: argv.slice(0, at), options, allowPositionals: false }))
  if (values.help === true) return 'help'
  const [program, ...args] = argv.slice(argv[at] === '--' ? at + 1 : at)
  if (program === undefined) wrongUsage('dstream run needs the program that is to be run', runUsage)
  const { conf = [], master, name, 'properties-file': file, supervise = false } = values
  for (const text of conf) {
    if (!/^spark\.[^=]+=/s.test(text)) wrongUsage(`--conf takes spark.KEY=VALUE, not ${text}`, runUsage)
  }
  const pairs = [...conf, ...of('spark.master', master), ...of('spark.app.name', name)]
  const submitted = [
    ...pairs.flatMap(pair => ['--conf', pair]),
    ...(file === undefined ? [] : ['--properties-file', file]),
  ]
  return { program, args, submitted, supervised: supervise }
}

const of = (key: string, value: string | undefined): string[] => (value === undefined ? [] : [`${key}=${value}`])

const takesValue = /^(?:-c|--(?:master|name|conf|properties-file))$/

/** Where the program stands: at the first argument that is no option and no value of one. */
function programAt(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!
    if (argument === '--' || !argument.startsWith('-')) return i
    if (takesValue.test(argument)) i++
  }
  return argv.length
}
