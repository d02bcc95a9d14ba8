/** What the stores in this process share. */
package io.cistern.store;
