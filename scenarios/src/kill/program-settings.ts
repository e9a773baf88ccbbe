/** What the program is started with. */
export interface ProgramSettings {
  /** Everything of the round is in it. */
  readonly directory: string
  /** Of the source's server. */
  readonly port: number
  readonly batchMs: number
  readonly closeFileAfterWrite: boolean
  /** `getOrCreate(directory, create)`; else from the checkpoint alone. */
  readonly withFactory: boolean
}

/** A record as the program puts it out; `from` is its block, or `file`. */
export type RawRecord = readonly [key: string, record: readonly [id: string, value: number, from: string]]

/** The state of a key. */
export interface Fold {
  readonly records: number
  readonly sum: number
  readonly ids: readonly string[]
  /** The sum without what came twice. */
  readonly distinctSum: number
}

/** What is put out of it: the last two are without what came twice. */
export type Totals = readonly [records: number, sum: number, ids: number, distinctSum: number]

/** The output operations of the program, in the order in which a batch runs them. */
export const outputs = ['raw', 'state', 'running', 'snapshots', 'window', 'joined'] as const

/** The length of the window. */
export const windowBatches = 5
