package io.cistern.redis;

/** The servers that hold the data, and what is known of them together. */
interface RedisServers extends RedisRoutes {

    /** What is known about all of them. */
    RedisLink link();

    /** Begins to connect, and returns at once. */
    void start();

    /** Makes no more connections, and closes the present ones. */
    void stop();

    @Override
    default boolean isUp() {
        return link().isUp();
    }
}
