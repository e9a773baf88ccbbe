import { DStreamError } from '../../errors/dstream-error.ts'
import { shown } from '../../errors/shown.ts'
import { RDD } from '../../rdd/rdd.ts'

/** The checks of what input streams are made of: before anything is added to the graph. */

/** @throws DStreamError SOCKET_ADDRESS */
export function checkAddress(operator: string, host: unknown, port: unknown): void {
  if (typeof host !== 'string' || host === '') {
    throw new DStreamError('SOCKET_ADDRESS', `The host given to ${operator} is ${shown(host)}`, {
      hint: `Give the name or address of a server: ${operator}('localhost', 9999).`,
    })
  }
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535) return
  throw new DStreamError('SOCKET_ADDRESS', `The port given to ${operator} is ${shown(port)}`, {
    hint:
      typeof port === 'string'
        ? 'Give a number: Number(port).'
        : 'Give the port of a server, a whole number from 1 to 65535.',
  })
}

/** @throws DStreamError NOT_A_PATH */
export function checkDirectory(operator: string, directory: unknown): void {
  if (typeof directory === 'string' && directory !== '') return
  throw new DStreamError('NOT_A_PATH', `The directory given to ${operator} is ${shown(directory)}`, {
    hint: 'Give the path of a directory, as a string.',
  })
}

/** @throws DStreamError NOT_A_COLLECTION, NOT_A_DATASET */
export function checkQueue(queue: unknown, whenEmpty: unknown): void {
  if (!Array.isArray(queue)) {
    throw new DStreamError('NOT_A_COLLECTION', `The queue given to queueStream is ${shown(queue)}`, {
      hint: 'Give an array of datasets; it may be empty, and be filled later.',
    })
  }
  for (const rdd of queue) checkQueued(rdd)
  if (whenEmpty !== undefined && whenEmpty !== null) checkQueued(whenEmpty)
}

/** @throws DStreamError NOT_A_DATASET */
export function checkQueued(rdd: unknown): void {
  if (rdd instanceof RDD) return
  throw new DStreamError('NOT_A_DATASET', `The queue given to queueStream holds ${shown(rdd)}, not an RDD`, {
    hint: 'Put datasets into it: ssc.sparkContext.parallelize([1, 2, 3]).',
  })
}
