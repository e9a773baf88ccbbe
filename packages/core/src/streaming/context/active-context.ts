import { otherContextActive } from '../errors.ts'

/** A StreamingContext; this file does not need to know more of it. */
export type ActiveOwner = object

/** The one StreamingContext of this process that is started and not stopped, and where that was written. */
let active: { readonly owner: ActiveOwner; readonly site: string } | undefined

export const activeContext = (): ActiveOwner | undefined => active?.owner

/** @throws DStreamError ANOTHER_CONTEXT_ACTIVE */
export function assertNoneActive(): void {
  if (active !== undefined) throw otherContextActive(active.site)
}

export function setActive(owner: ActiveOwner, site: string): void {
  active = { owner, site }
}

export function clearActive(owner: ActiveOwner): void {
  if (active?.owner === owner) active = undefined
}

/** Forgets the context that is active, as the end of its process would. @internal */
export function abandonActive(): void {
  active = undefined
}
