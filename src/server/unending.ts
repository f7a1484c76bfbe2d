/** What was begun is brought to its end, whether or not somebody still waits for the answer. */
export const unending = new AbortController().signal;
