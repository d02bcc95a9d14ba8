/**
 * What instances tell each other over Redis's publish and subscribe, as two Camel routes. It only
 * makes things faster: nothing depends on a message's arrival.
 */
package io.cistern.backplane;
