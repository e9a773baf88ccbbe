/** A visit of a page: what PageViewGenerator sends and PageViewStream reads. */
export interface PageView {
  readonly url: string
  readonly status: number
  readonly zipCode: number
  readonly userID: number
}

/** One line: the fields with tabs between. */
export const formatPageView = ({ url, status, zipCode, userID }: PageView): string =>
  [url, status, zipCode, userID].join('\t')

export function parsePageView(line: string): PageView {
  const [url = '', status, zipCode, userID] = line.split('\t')
  return { url, status: Number(status), zipCode: Number(zipCode), userID: Number(userID) }
}
