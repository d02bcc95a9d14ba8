/** Warms caches before anyone asks: strategies as routes, and the API to run and follow them. */
package io.cistern.warming;
