import { randomUUID } from 'node:crypto'

/** In the names of the temporary files of this thread. Processes of different containers or hosts, on one volume, may have the same number. */
export const ownName = `${process.pid}-${randomUUID()}`
