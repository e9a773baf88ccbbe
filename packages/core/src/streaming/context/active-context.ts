import { otherContextActive } from '../errors.ts'
import type { StreamingContext } from './streaming-context.ts'

/** The one StreamingContext of this process that is started and not stopped, and where that was written. */
let active: { readonly context: StreamingContext; readonly site: string } | undefined

export const activeContext = (): StreamingContext | undefined => active?.context

/** @throws DStreamError ANOTHER_CONTEXT_ACTIVE */
export function assertNoneActive(): void {
  if (active !== undefined) throw otherContextActive(active.site)
}

export function setActive(context: StreamingContext, site: string): void {
  active = { context, site }
}

export function clearActive(context: StreamingContext): void {
  if (active?.context === context) active = undefined
}
