/**
 * The data behind the caches that ship as examples: a SQL database that fills itself, and sessions
 * in Redis. Only the files under {@code routes/samples} and {@code routes/caches} use it; without
 * them nothing of it is ever started.
 */
package io.cistern.sample;
