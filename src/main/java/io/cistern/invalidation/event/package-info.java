/** Events that tell what changed: reading them, and letting them take effect. */
package io.cistern.invalidation.event;
