/** Nobody speaks more slowly for long, pauses aside: a text with fewer words leaves something out. */
export const slowestWordsPerSecond = 0.4;

/** In so little speech, one word may be all that was said. */
export const briefSpeechSeconds = 5;
