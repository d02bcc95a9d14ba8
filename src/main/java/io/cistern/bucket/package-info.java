/** The Camel language {@code bucket}: numbers and durations as names of ranges. */
package io.cistern.bucket;
