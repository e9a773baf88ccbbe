import { DStreamError } from '../../errors/dstream-error.ts'
import { shown } from '../../errors/shown.ts'

const longestName = 200

/** @throws DStreamError OUTPUT_NAME */
export function checkOutputName(operator: string, name: unknown): void {
  if (typeof name === 'string' && name.length > 0 && name.length <= longestName) return
  throw new DStreamError('OUTPUT_NAME', `The name given to ${operator} is ${shown(name)}`, {
    hint: `Give a text of 1 to ${longestName} characters that stays when the program changes: after a restart it says what has been written.`,
  })
}

/** @throws DStreamError OUTPUT_TRANSACTIONS */
export function checkTransactions(operator: string, database: unknown): void {
  const given = (database ?? {}) as Readonly<Record<string, unknown>>
  const refuse = (what: string, hint: string): never => {
    throw new DStreamError('OUTPUT_TRANSACTIONS', `The database given to ${operator} has ${what}`, { hint })
  }
  if (typeof given['query'] !== 'function')
    refuse('no function query', 'Give query(client, text, values), which resolves to the rows.')
  if (typeof given['connect'] !== 'function' && typeof given['withTransaction'] !== 'function')
    refuse(
      'neither connect nor withTransaction',
      'Give one of the two: connect() for a connection, or withTransaction(work).',
    )
  const { table, keepBatches, placeholders } = given
  // It becomes part of statements as it is.
  if (table !== undefined && !/^[a-z_]\w*(\.[a-z_]\w*)?$/i.test(String(table)))
    refuse(`the table name ${shown(table)}`, 'Use letters, digits and _, with a schema and a dot in front if need be.')
  if (keepBatches !== undefined && !(Number.isInteger(keepBatches) && (keepBatches as number) > 0))
    refuse(`keepBatches ${shown(keepBatches)}`, 'Give a whole number, larger than what a restart may run again.')
  if (placeholders !== undefined && placeholders !== '$1' && placeholders !== '?')
    refuse(`placeholders ${shown(placeholders)}`, "Use '$1' or '?'.")
}
