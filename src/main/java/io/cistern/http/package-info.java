/**
 * The HTTP side: a server on Vert.x event loops, and the {@code platform-http} engine that runs
 * Camel routes on them.
 */
package io.cistern.http;
