/** How instances agree on who runs what. */
package io.cistern.warming.cluster;
