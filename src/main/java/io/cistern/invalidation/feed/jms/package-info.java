/** Feeds from JMS: transacted sessions that are committed after their message took effect. */
package io.cistern.invalidation.feed.jms;
