/** Looking values up, storing them, and reading their metadata over HTTP. */
package io.cistern.lookup;
