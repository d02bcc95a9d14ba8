/** What routes of origins need where Camel has nothing safe: beans to name in YAML. */
package io.cistern.origin;
