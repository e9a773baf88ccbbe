import { perWorker } from '../../closures/per-worker.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { OutputBatch } from './output-partition.ts'
import { inTransaction, type Transactions } from './transactions.ts'

/** The name of the table, where none is given. */
export const committedTable = 'dstream_committed'
/** Batches that are remembered, where nothing is said: many times what a restart runs again. */
export const committedBatchesKept = 1000

/**
 * Writes a partition in a transaction in which it is also remembered that it was written; nothing is done where that is remembered already.
 *
 * Invariants:
 * 1. The data of a partition and its row in the table are committed together or not at all.
 * 2. A row is inserted before any data is written. Of two transactions for one partition (a task that is thought dead, a commit that was under way when its process
 *    died) the second waits at the row for the first, and then fails on it.
 * 3. Whether a transaction that failed has been committed after all is asked of the table, not guessed from the error.
 *
 * @returns whether this call has written it
 * @throws DStreamError OUTPUT_PARTITIONS_CHANGED; what the client and `write` throw
 */
export async function commitPartition<Client>(
  database: Transactions<Client>,
  batch: OutputBatch,
  partition: number,
  write: (client: Client) => unknown,
): Promise<boolean> {
  const committed = new CommittedPartitions(database, batch)
  await perWorker(`dstream.committed ${batch.application} ${batch.output}`, () => committed.makeTable())
  try {
    return await inTransaction(database, async client => {
      if (await committed.has(client, partition)) return false
      await committed.add(client, partition)
      await write(client)
      if (partition === 0) await committed.prune(client)
      return true
    })
  } catch (error) {
    if (await committed.isThere(partition)) return false
    throw error
  }
}

/** The table that remembers what has been committed, of one output in one batch. */
class CommittedPartitions<Client> {
  readonly #database: Transactions<Client>
  readonly #batch: OutputBatch
  readonly #table: string

  constructor(database: Transactions<Client>, batch: OutputBatch) {
    this.#database = database
    this.#batch = batch
    this.#table = database.table ?? committedTable
  }

  /** Makes the table where there is none. */
  async makeTable(): Promise<void> {
    if (await this.#isTable().catch(() => false)) return
    const columns =
      'application varchar(36) not null, output_name varchar(200) not null, batch_ms bigint not null, partition_id integer not null, ' +
      'num_partitions integer not null, primary key (application, output_name, batch_ms, partition_id)'
    try {
      const { query } = this.#database
      await inTransaction(this.#database, async client => {
        await query(client, `create table if not exists ${this.#table} (${columns})`, [])
      })
    } catch (error) {
      // Another worker may have made it in the same moment.
      if (!(await this.#isTable().catch(() => false))) throw error
    }
  }

  /** @throws DStreamError OUTPUT_PARTITIONS_CHANGED */
  async has(client: Client, partition: number): Promise<boolean> {
    const { numPartitions } = this.#batch
    const rows = await this.#run(
      client,
      `select partition_id, num_partitions from ${this.#table} where application = ? and output_name = ? and batch_ms = ? and (partition_id = ? or num_partitions <> ?)`,
      [...this.#key(), partition, numPartitions],
    )
    const other = rows.find(row => Number(row['num_partitions']) !== numPartitions)
    if (other !== undefined) throw partitionsChanged(this.#batch, Number(other['num_partitions']))
    return rows.length > 0
  }

  async add(client: Client, partition: number): Promise<void> {
    await this.#run(
      client,
      `insert into ${this.#table} (application, output_name, batch_ms, partition_id, num_partitions) values (?, ?, ?, ?, ?)`,
      [...this.#key(), partition, this.#batch.numPartitions],
    )
  }

  /** Forgets batches that no restart runs again. */
  async prune(client: Client): Promise<void> {
    const { batchTimeMs, slideMs } = this.#batch
    const [application, output] = this.#key()
    const oldestMs = batchTimeMs - (this.#database.keepBatches ?? committedBatchesKept) * slideMs
    await this.#run(client, `delete from ${this.#table} where application = ? and output_name = ? and batch_ms < ?`, [
      ...[application, output, oldestMs],
    ])
  }

  /** As `has`, in a transaction of its own; false where the database cannot say. */
  async isThere(partition: number): Promise<boolean> {
    return inTransaction(this.#database, client => this.has(client, partition)).catch(() => false)
  }

  #isTable(): Promise<boolean> {
    return inTransaction(this.#database, async client => {
      await this.#run(client, `select partition_id from ${this.#table} where partition_id < 0`, [])
      return true
    })
  }

  #key(): readonly unknown[] {
    const { application, output, batchTimeMs } = this.#batch
    return [application, output, batchTimeMs]
  }

  #run(client: Client, text: string, values: readonly unknown[]) {
    const { query, placeholders } = this.#database
    let n = 0
    return query(client, placeholders === '?' ? text : text.replaceAll('?', () => `$${++n}`), values)
  }
}

const partitionsChanged = ({ output, batchTimeMs, numPartitions }: OutputBatch, before: number): DStreamError =>
  new DStreamError(
    'OUTPUT_PARTITIONS_CHANGED',
    `The batch of ${batchTimeMs} ms of output ${output} was written in ${before} partitions before the restart, and now has ${numPartitions}`,
    {
      hint: `Restart with ${before} partitions (spark.default.parallelism, or the number that the program gives) until that batch is done.`,
    },
  )
