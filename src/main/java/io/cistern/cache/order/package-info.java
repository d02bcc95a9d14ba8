/** The order of invalidations: versions, marks, and what is alive by them. */
package io.cistern.cache.order;
