/** Which keys are asked for most, in bounded memory, over all instances. */
package io.cistern.warming.popular;
