import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Milliseconds, Minutes, perWorker, Seconds, SparkConf, StreamingContext, type Connections } from 'dstream'

/** What the program is told, as JSON in its first argument. */
export interface ProgramSettings {
  /** Holds `in` (files of numbers, one a line), `checkpoint` and `out`. */
  readonly directory: string
  readonly port: number
  /** Where it kills itself, or only the worker, at the n-th transaction with data of a worker. */
  readonly kill?: { readonly at: KillPoint; readonly n: number }
}

export type KillPoint =
  'before the commit' | 'while the commit is under way' | 'after the commit' | 'worker after the commit'

const { directory, port, kill } = JSON.parse(process.argv[2]!) as ProgramSettings

const pool = (): pg.Pool =>
  perWorker(
    'postgres',
    () => {
      const made = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: 2 })
      made.on('error', () => {}) // an idle connection that the server has ended
      return made
    },
    { idle: Minutes(1), close: idle => idle.end() },
  )

/** Transactions of this worker that have written data, the open one included. */
const written = (): { count: number; open: boolean } => perWorker('written', () => ({ count: 0, open: false }))

/** A file can be made once. */
const isFirst = (name: string): boolean => {
  if (existsSync(join(directory, name))) return false
  writeFileSync(join(directory, name), '')
  return true
}

const database: Connections<pg.PoolClient> = {
  connect: () => pool().connect(),
  query: async (client, text, values) => (await client.query(text, [...values])).rows as Record<string, unknown>[],
  release: (client, failed) => client.release(failed),
  commit: async client => {
    const writes = written()
    const dies = writes.open && ++writes.count === kill?.n
    writes.open = false
    if (dies && kill?.at === 'before the commit') process.kill(process.pid, 'SIGKILL')
    const done = client.query('commit')
    if (dies && kill?.at === 'while the commit is under way') setImmediate(() => process.kill(process.pid, 'SIGKILL'))
    await done
    if (dies && kill?.at === 'after the commit') process.kill(process.pid, 'SIGKILL')
    if (dies && kill?.at === 'worker after the commit' && isFirst('worker-died')) process.exit(1)
  },
}

const ssc = await StreamingContext.getOrCreate(join(directory, 'checkpoint'), () => {
  const conf = new SparkConf().setMaster('local[2]').setAppName('PostgresScenario')
  const made = new StreamingContext(conf, Milliseconds(200))
  made.checkpoint(join(directory, 'checkpoint'))
  const numbers = made.fileStream(join(directory, 'in'), { newFilesOnly: false }).map(Number)
  numbers.saveAsTextFiles(join(directory, 'out', 'numbers'))
  numbers.foreachPartitionInTransaction('numbers', database, async (client, records, { batchTime }) => {
    const all = [...records]
    written().open = all.length > 0
    if (all.length === 0) return
    await client.query('insert into numbers select $1, * from unnest($2::bigint[])', [batchTime.milliseconds, all])
  })
  const sums = numbers
    .map(n => [n % 5, n])
    .updateStateByKey((values: readonly number[], sum = 0) => values.reduce((a, b) => a + b, sum), 2)
    .uid('sums')
    .checkpoint(Seconds(1))
  sums.foreachPartitionInTransaction('sums', database, async (client, records, { batchTime }) => {
    const all = [...records]
    written().open = all.length > 0
    if (all.length === 0) return
    await client.query('insert into sums select $1, * from unnest($2::int[], $3::bigint[])', [
      ...[batchTime.milliseconds, all.map(([key]) => key), all.map(([, sum]) => sum)],
    ])
  })
  return made
})
ssc.addStreamingListener({
  onBatchCompleted: ({ batchInfo: { batchTime, streamIdToInputInfo } }) => {
    const files = [...streamIdToInputInfo.values()].flatMap(({ metadata }) => metadata['files'])
    console.log(`batch ${batchTime.milliseconds} ${files.length}`)
  },
})
ssc.start()
await ssc.awaitTermination().catch((error: unknown) => {
  console.error(`The program ends: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
