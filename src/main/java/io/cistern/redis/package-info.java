/**
 * The way to Redis: connections that heal by themselves, a link that knows at any moment whether
 * Redis answers, its clock, and an embedded server for machines that have none.
 */
package io.cistern.redis;
