/** What an entry's validity depends on besides time: environments, and the routes that made it. */
package io.cistern.validity;
