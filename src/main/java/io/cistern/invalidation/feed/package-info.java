/** Feeds: routes whose messages are acknowledged only after their events took effect. */
package io.cistern.invalidation.feed;
