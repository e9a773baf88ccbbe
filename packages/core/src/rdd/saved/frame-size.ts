/** About what a frame takes: of records of any size only so much is encoded at once. */
const frameBytes = 4 * 2 ** 20
const mostRecords = 8192

/** Records of the first frame, of which nothing is known. */
export const firstRecords = 256

/** Records of the next frame, by what those of one took. */
export const nextRecords = (records: number, bytes: number): number =>
  Math.max(1, Math.min(mostRecords, Math.floor((frameBytes * records) / bytes)))
