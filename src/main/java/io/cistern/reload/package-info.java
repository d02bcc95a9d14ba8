/**
 * Keeping the running routes equal to the files of the routes folder: looking at it, planning what
 * an edit exchanges, trying it where nothing runs, exchanging it while lookups go on, and taking it
 * back where it fails.
 */
package io.cistern.reload;
