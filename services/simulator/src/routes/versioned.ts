/** A path under a Graph version such as v23.0. */
export function versioned(path: string): string {
  return `/:version(^v\\d{1,2}\\.\\d$)${path}`
}
