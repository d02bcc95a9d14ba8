/**
 * Circuit breakers: every route gets one, and none of them holds a thread. {@link
 * io.cistern.breaker.Breakers} is the way in.
 */
package io.cistern.breaker;
