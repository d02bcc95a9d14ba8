/** The store without Redis: everything in this process. */
package io.cistern.store.memory;
