import type { CheckpointContent, SavedStreamContent, SavedTimeContent } from './schema/index.ts'

/** What a place below the checkpoint directory begins with in a checkpoint. */
const below = 'checkpoint:'

/**
 * What has been saved, as a checkpoint names it: from the checkpoint directory, which may be moved, copied, or reached by another path. What is not below it, as an earlier
 * version wrote it, keeps its name.
 */
export const placesBelow = (directory: string, saved: readonly SavedStreamContent[]): SavedStreamContent[] =>
  withPlaces(saved, place => (place.startsWith(`${directory}/`) ? below + place.slice(directory.length + 1) : place))

/** The content of a checkpoint that was read in this directory. */
export function placedIn(directory: string, content: CheckpointContent): CheckpointContent {
  const { progress } = content
  const placed = (place: string): string =>
    place.startsWith(below) ? `${directory}/${place.slice(below.length)}` : place
  return { ...content, progress: { ...progress, saved: withPlaces(progress.saved, placed) } }
}

const withPlaces = (saved: readonly SavedStreamContent[], f: (place: string) => string): SavedStreamContent[] =>
  saved.map(stream => ({ ...stream, times: stream.times.map(time => timeWith(time, f)) }))

const timeWith = (time: SavedTimeContent, f: (place: string) => string): SavedTimeContent => ({
  ...time,
  directory: f(time.directory),
  ...(time.bases && { bases: time.bases.map(f) }),
})
