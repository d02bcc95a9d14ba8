/** Near stores: entries in this process, ready to be served. */
package io.cistern.store.near;
