/** A row of a result: an object by column name. */
export type Row = Readonly<Record<string, unknown>>

interface Statements<Client> {
  /** Runs a statement on the client; gives its rows. `pg`: `async (client, text, values) => (await client.query(text, values)).rows`. */
  readonly query: (client: Client, text: string, values: readonly unknown[]) => readonly Row[] | Promise<readonly Row[]>
  /** How statements name their values: `$1` (PostgreSQL, the default) or `?` (MySQL, SQLite). */
  readonly placeholders?: '$1' | '?'
  /** Where it is remembered what has been committed: `name` or `schema.name`. Default: `dstream_committed`. It is made when it is not there. */
  readonly table?: string
  /** For how many batches that is remembered; more than a restart may run again. Default: 1000. */
  readonly keepBatches?: number
}

/**
 * A database as connections that each run one transaction at a time: from a pool that lives in the worker (`perWorker`), or made anew.
 *
 * @example
 * import pg from 'pg'
 * import type { Connections } from '@dstream/core'
 *
 * const makePool = () => new pg.Pool({ host: 'db', max: 2 }).on('error', () => {}) // the server has ended an idle connection
 * const pool = () => perWorker('postgres', makePool, { idle: Minutes(1), close: idle => idle.end() })
 * const database: Connections<pg.PoolClient> = {
 *   connect: () => pool().connect(),
 *   query: async (client, text, values) => (await client.query(text, [...values])).rows,
 *   release: (client, failed) => client.release(failed),
 * }
 */
export interface Connections<Client> extends Statements<Client> {
  readonly connect: () => Client | Promise<Client>
  /** What is done with the connection afterwards; `failed` when the transaction was not committed, or that is not known. */
  readonly release?: (client: Client, failed: boolean) => unknown
  /** Default: the statement `begin`. */
  readonly begin?: (client: Client) => unknown
  /** Default: the statement `commit`. */
  readonly commit?: (client: Client) => unknown
  /** Default: the statement `rollback`. */
  readonly rollback?: (client: Client) => unknown
}

/**
 * A database whose client has a function for transactions of its own.
 *
 * @example
 * import type { OwnTransactions, Row } from '@dstream/core'
 *
 * interface TransactionSql {
 *   unsafe(text: string, values: readonly unknown[]): Promise<Row[]>
 * }
 * declare const sql: { begin<R>(work: (client: TransactionSql) => Promise<R>): Promise<R> } // postgres({ host: 'db' })
 *
 * const database: OwnTransactions<TransactionSql> = {
 *   withTransaction: work => sql.begin(work),
 *   query: (client, text, values) => client.unsafe(text, values),
 * }
 */
export interface OwnTransactions<Client> extends Statements<Client> {
  /** Runs `work` in a transaction: commits when its promise resolves, rolls back when it rejects. Gives what it gives. */
  readonly withTransaction: <R>(work: (client: Client) => Promise<R>) => Promise<R>
}

/** A database that partitions are written to, each in a transaction. It is used in tasks, so these functions travel as all task functions do. */
export type Transactions<Client> = Connections<Client> | OwnTransactions<Client>

/** Runs work in a transaction. */
export function inTransaction<Client, R>(
  database: Transactions<Client>,
  work: (client: Client) => Promise<R>,
): Promise<R> {
  return 'withTransaction' in database ? database.withTransaction(work) : onConnection(database, work)
}

async function onConnection<Client, R>(
  database: Connections<Client>,
  work: (client: Client) => Promise<R>,
): Promise<R> {
  const { connect, release, query } = database
  const {
    begin = client => query(client, 'begin', []),
    commit = client => query(client, 'commit', []),
    rollback = client => query(client, 'rollback', []),
  } = database
  const client = await connect()
  let failed = true
  try {
    await begin(client)
    const result = await work(client)
    await commit(client)
    failed = false
    return result
  } catch (error) {
    // Where this fails, the connection is gone, and the transaction with it.
    await (async () => rollback(client))().catch(() => undefined)
    throw error
  } finally {
    await release?.(client, failed)
  }
}
