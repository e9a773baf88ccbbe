/** What a task needs of another worker's heap: live records, or a look at a version of keyed state. */
export interface Import {
  readonly nodeId: number
  readonly partition: number
  readonly view: 'records' | 'pairs' | 'mapped' | 'timed'
  /** The worker that has it. */
  readonly worker: number
}

/** Bytes by import; `null` where the owner could not give any. */
export type Imported = ReadonlyMap<string, Uint8Array<SharedArrayBuffer> | null>

export const importKey = ({ nodeId, partition, view }: Pick<Import, 'nodeId' | 'partition' | 'view'>): string =>
  `${nodeId}:${partition}:${view}`
